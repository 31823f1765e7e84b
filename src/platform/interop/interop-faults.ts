import { faults } from '#kernel/common/fault'

export const interopFaults = faults('platform.interop', {
  nothing: {
    status: 422,
    title: 'Nothing to take over',
    retry: 'no',
    detail: (d: { format: string }) => `the files hold nothing that is taken over from ${d.format}; see errors`,
  },
  not_reached: {
    status: 502,
    title: 'The other catalog did not answer',
    retry: 'backoff',
    detail: (d: { url: string; what: string }) => `${d.url}: ${d.what}`,
  },
  too_large: { status: 413, title: 'Too much at once', retry: 'no', detail: (d: { what: string }) => d.what },
})
