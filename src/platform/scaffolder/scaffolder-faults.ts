import { faults } from '#kernel/common/fault'

export const scaffolderFaults = faults('platform.scaffolder', {
  template_not_found: { status: 404, title: 'No such template', retry: 'no', detail: (d: { ref: string }) => `there is no template "${d.ref}" in the catalog` },
  template_invalid: {
    status: 422,
    title: 'Template is wrong',
    retry: 'no',
    detail: (d: { ref: string; count: number }) => `template "${d.ref}" has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; nothing was started; see errors`,
  },
  template_altered: {
    status: 409,
    title: 'Template was altered',
    retry: 'no',
    detail: (d: { ref: string; source: string }) =>
      `"${d.ref}" of ${d.source} is not what it was when this run was planned, and no commit keeps what it was: start it again, or keep the template in a Git repository`,
  },
  values_invalid: {
    status: 422,
    title: 'Wrong values',
    retry: 'no',
    detail: (d: { template: string; count: number }) =>
      `${d.count} of the values for "${d.template}" ${d.count === 1 ? 'is' : 'are'} wrong; nothing was started; see errors`,
  },
  unknown_action: {
    status: 422,
    title: 'Unknown action',
    retry: 'no',
    detail: (d: { actions: string; known: string }) => `this template wants ${d.actions}, which is not here; nothing was started; there are: ${d.known}`,
  },
  host_missing: {
    status: 422,
    title: 'No such Git host',
    retry: 'no',
    detail: (d: { action: string; what: string; todo: string }) => `"${d.action}" needs ${d.what}, which is not configured; nothing was started; ${d.todo}`,
  },
  step_failed: { status: 422, title: 'Step failed', retry: 'no', detail: (d: { step: string; what: string }) => `step "${d.step}": ${d.what}` },
  expression: { status: 422, title: 'Template expression is wrong', retry: 'no', detail: (d: { where: string; what: string }) => `${d.where}: ${d.what}` },
  bad_path: { status: 422, title: 'Bad path', retry: 'no', detail: (d: { path: string; why: string }) => `"${d.path}" ${d.why}` },
  too_large: { status: 413, title: 'Template makes too much', retry: 'no', detail: (d: { what: string }) => `this template makes ${d.what}` },
  exists: { status: 409, title: 'Exists already', retry: 'no', detail: (d: { what: string }) => `${d.what} exists already; choose another name` },
  secrets_gone: {
    status: 409,
    title: 'Secrets are gone',
    retry: 'no',
    detail: () => 'the secrets of this run were erased when it ended: give them again',
  },
  bad_request: { status: 400, title: 'Bad request', retry: 'no', detail: (d: { what: string }) => d.what },
  task_not_found: { status: 404, title: 'No such task', retry: 'no', detail: (d: { id: string }) => `there is no task "${d.id}"` },
  not_yours: {
    status: 403,
    title: 'Not your task',
    retry: 'no',
    detail: (d: { id: string; createdBy: string }) => `only ${d.createdBy}, who started the task "${d.id}", can go on with it`,
  },
  not_retryable: {
    status: 409,
    title: 'Can not be tried again',
    retry: 'no',
    detail: (d: { id: string; status: string }) => `the task "${d.id}" is ${d.status}: only one that failed or was cancelled can be tried again`,
  },
  no_such_host: {
    status: 422,
    title: 'Host is not configured',
    retry: 'no',
    detail: (d: { host: string }) => `there is no Git host "${d.host}" here: configure it, or choose another`,
  },
  unsupported: { status: 422, title: 'Not supported', retry: 'no', detail: (d: { what: string }) => d.what },
})
