import { faults } from '#kernel/common/fault'

export const accessFaults = faults('platform.access', {
  bad_policies: { status: 422, title: 'Bad access policies', retry: 'no', detail: (d: { what: string }) => `the access policies can't be used: ${d.what}` },
})
