import { faults } from '#kernel/common/fault'

/** What can be wrong with workflows, runs and their artifacts. */
export const pipelineFaults = faults('delivery.pipeline', {
  not_found: { status: 404, title: 'No such run', retry: 'no', detail: (d: { id: string }) => `there is no pipeline run "${d.id}"` },
  job_not_found: {
    status: 404,
    title: 'No such job',
    retry: 'no',
    detail: (d: { run: string; job: string }) => `run "${d.run}" has no job "${d.job}"`,
  },
  artifact_not_found: {
    status: 404,
    title: 'No such artifact',
    retry: 'no',
    detail: (d: { run: string; name: string }) => `run "${d.run}" has no artifact "${d.name}"`,
  },
  unknown_source: {
    status: 422,
    title: 'Nothing to run',
    retry: 'no',
    detail: (d: { repository: string; what: string }) => `${d.what} does not exist in repository "${d.repository}"`,
  },
  not_triggered: {
    status: 422,
    title: 'Workflow not started',
    retry: 'no',
    detail: (d: { workflow: string; event: string }) => `workflow "${d.workflow}" is not started by "${d.event}": add it under "on"`,
  },
  wrong_inputs: {
    status: 422,
    title: 'Wrong inputs',
    retry: 'no',
    detail: (d: { workflow: string; what: string }) => `the inputs of workflow "${d.workflow}" are wrong: ${d.what}`,
  },
  invalid_workflow: {
    status: 422,
    title: 'Wrong workflow',
    retry: 'no',
    detail: (d: { file: string; what: string }) => `workflow "${d.file}" can't run: ${d.what}`,
  },
  bad_expression: {
    status: 422,
    title: 'Wrong expression',
    retry: 'no',
    detail: (d: { expression: string; what: string }) => `the expression "${d.expression}" fails: ${d.what}`,
  },
  bad_matrix: { status: 422, title: 'Wrong matrix', retry: 'no', detail: (d: { what: string }) => `the matrix is wrong: ${d.what}` },
  not_active: {
    status: 409,
    title: 'Run is over',
    retry: 'no',
    detail: (d: { id: string; conclusion: string }) => `run "${d.id}" is over (${d.conclusion}) and can't be cancelled`,
  },
  still_active: {
    status: 409,
    title: 'Run is not over',
    retry: 'no',
    detail: (d: { id: string }) => `run "${d.id}" is not over: cancel it first, or wait`,
  },
  unsafe_path: {
    status: 422,
    title: 'Unsafe path',
    retry: 'no',
    detail: (d: { path: string; why: string }) => `the path "${d.path}" is refused: ${d.why}`,
  },
  action_failed: { status: 422, title: 'Action failed', retry: 'no', detail: (d: { action: string; what: string }) => `${d.action}: ${d.what}` },
  too_large: {
    status: 413,
    title: 'Too large',
    retry: 'no',
    detail: (d: { what: string; limitBytes: number }) => `${d.what} is larger than ${d.limitBytes} bytes`,
  },
  lease_lost: {
    status: 409,
    title: 'Run taken over',
    retry: 'no',
    detail: (d: { id: string }) => `run "${d.id}" is carried on by another executor`,
  },
})
