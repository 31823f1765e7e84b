import { faults } from '#kernel/common/fault'

export const environmentFaults = faults('platform.environment', {
  not_found: {
    status: 404,
    title: 'No such environment',
    retry: 'no',
    detail: (d: { name: string; known: string }) => `there is no environment "${d.name}"; there are: ${d.known}`,
  },
})
