import { faults } from '#kernel/common/fault'

/** What can be wrong with signing keys. */
export const provenanceFaults = faults('delivery.provenance', {
  bad_key: {
    status: 500,
    title: 'Signing key unusable',
    retry: 'no',
    detail: (d: { why: string }) => `the key that signs provenance can't be used: ${d.why}`,
  },
})
