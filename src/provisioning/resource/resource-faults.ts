import { faults } from '#kernel/common/fault'

export const resourceFaults = faults('provisioning.resource', {
  unprovidable: {
    status: 422,
    title: 'Resources can not be provided',
    retry: 'no',
    detail: (d: { component: string; environment: string; first: string }) => `${d.component} can't get its resources in ${d.environment}: ${d.first}`,
  },
})
