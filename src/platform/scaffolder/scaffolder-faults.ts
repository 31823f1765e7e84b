import { faults } from '#kernel/common/fault'

export const scaffolderFaults = faults('platform.scaffolder', {
  template_not_found: { status: 404, title: 'No such template', retry: 'no', detail: (d: { ref: string }) => `there is no template "${d.ref}" in the catalog` },
  template_invalid: {
    status: 422,
    title: 'Template is wrong',
    retry: 'no',
    detail: (d: { ref: string; count: number }) => `template "${d.ref}" has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; nothing was started; see errors`,
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
  step_failed: { status: 422, title: 'Step failed', retry: 'no', detail: (d: { step: string; what: string }) => `step "${d.step}": ${d.what}` },
  expression: { status: 422, title: 'Template expression is wrong', retry: 'no', detail: (d: { where: string; what: string }) => `${d.where}: ${d.what}` },
  bad_path: { status: 422, title: 'Bad path', retry: 'no', detail: (d: { path: string; why: string }) => `"${d.path}" ${d.why}` },
  too_large: { status: 413, title: 'Template makes too much', retry: 'no', detail: (d: { what: string }) => `this template makes ${d.what}` },
  exists: { status: 409, title: 'Exists already', retry: 'no', detail: (d: { what: string }) => `${d.what} exists already; choose another name` },
})
