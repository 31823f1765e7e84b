import { faults } from '#kernel/common/fault'

export const campaignFaults = faults('platform.campaign', {
  no_children: {
    status: 422,
    title: 'Nothing to upgrade',
    retry: 'no',
    detail: (d: { template: string }) => `nothing that follows "${d.template}" is behind it; see its children`,
  },
  not_found: { status: 404, title: 'No such campaign', retry: 'no', detail: (d: { id: string }) => `there is no campaign "${d.id}"` },
  no_lineage: {
    status: 404,
    title: 'Made from no template',
    retry: 'no',
    detail: (d: { ref: string }) => `"${d.ref}" was not made from a golden path, so it follows none`,
  },
})
