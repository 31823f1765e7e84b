import { faults } from '#kernel/common/fault'

/** Why a call to the outside failed or was refused. */
export const egressFaults = faults('kernel.egress', {
  bad_url: {
    status: 422,
    title: 'Address can not be called',
    retry: 'no',
    detail: (d: { url: string; what: string }) => `the platform does not call "${d.url}": ${d.what}`,
  },
  address_refused: {
    status: 422,
    title: 'Address refused',
    retry: 'no',
    detail: (d: { host: string; addressClass: string }) =>
      `"${d.host}" leads to a ${d.addressClass} address, which the platform does not call; an administrator may allow exactly this host and port`,
  },
  unreachable: {
    status: 502,
    title: 'Other side unreachable',
    retry: 'backoff',
    detail: (d: { host: string; what: string }) => `"${d.host}" can not be reached: ${d.what}`,
  },
  timeout: {
    status: 504,
    title: 'Other side too slow',
    retry: 'backoff',
    detail: (d: { host: string; timeoutMs: number }) => `"${d.host}" did not answer in full within ${d.timeoutMs} ms`,
  },
  too_large: {
    status: 502,
    title: 'Answer too large',
    retry: 'no',
    detail: (d: { host: string; maxBytes: number }) => `the answer of "${d.host}" is larger than ${d.maxBytes} bytes`,
  },
  too_many_redirects: {
    status: 502,
    title: 'Too many redirects',
    retry: 'no',
    detail: (d: { host: string; limit: number }) => `"${d.host}" redirects more than ${d.limit} times`,
  },
})
