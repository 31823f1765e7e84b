import { faults } from '#kernel/common/fault'

/** What can be wrong with workloads. */
export const runtimeFaults = faults('runtime.runtime', {
  not_found: {
    status: 404,
    title: 'No such workload',
    retry: 'no',
    detail: (d: { workload: string }) => `no workload "${d.workload}" runs here; "fairway status" shows those that do`,
  },
  bad_spec: {
    status: 422,
    title: 'Bad workload',
    retry: 'no',
    detail: (d: { workload: string; what: string }) => `workload "${d.workload}" can't run as described: ${d.what}`,
  },
  unsupported: {
    status: 422,
    title: 'Not supported',
    retry: 'no',
    detail: (d: { runtime: string; capability: string }) => `runtime "${d.runtime}" has no capability "${d.capability}"`,
  },
})
