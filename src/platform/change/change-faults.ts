import { faults } from '#kernel/common/fault'

export const changeFaults = faults('platform.change', {
  not_found: { status: 404, title: 'No such change', retry: 'no', detail: (d: { id: string }) => `there is no change "${d.id}"` },
  unknown_kind: {
    status: 422,
    title: 'No such kind of change',
    retry: 'no',
    detail: (d: { kind: string; known: string }) => `no change is of kind "${d.kind}"; there are: ${d.known}`,
  },
  bad_input: {
    status: 422,
    title: 'Bad input',
    retry: 'no',
    detail: (d: { kind: string; count: number }) => `the input of this "${d.kind}" change has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; see errors`,
  },
  key_reused: {
    status: 409,
    title: 'Key used before',
    retry: 'no',
    detail: (d: { key: string; id: string }) => `Idempotency-Key "${d.key}" was used for another input, by change ${d.id}: send a new key`,
  },
  busy: {
    status: 409,
    title: 'Another change is under way',
    retry: 'backoff',
    detail: (d: { what: string; id: string; title: string; state: string }) =>
      `${d.what} is being changed by ${d.id} ("${d.title}", ${d.state}): wait for it, or cancel it`,
  },
  bad_plan: { status: 500, title: 'Plan can not be applied', retry: 'no', detail: (d: { what: string }) => `this plan can not be applied: ${d.what}` },
  not_waiting: {
    status: 409,
    title: 'Nothing to decide',
    retry: 'no',
    detail: (d: { id: string; state: string }) => `change ${d.id} does not wait for an approval: it is ${d.state}`,
  },
  plan_changed: {
    status: 412,
    title: 'Plan has changed',
    retry: 'no',
    detail: (d: { id: string }) => `the plan of ${d.id} is not the one that you saw: read it again and decide on that`,
  },
  not_eligible: {
    status: 403,
    title: 'You can not decide this',
    retry: 'no',
    detail: (d: { id: string; reason: string }) => `you can not decide on ${d.id}: ${d.reason}`,
  },
  not_cancellable: {
    status: 409,
    title: 'Too late to cancel',
    retry: 'no',
    detail: (d: { id: string; state: string }) => `change ${d.id} can not be cancelled: it is ${d.state}`,
  },
  cancelled: {
    status: 409,
    title: 'Cancelled',
    retry: 'no',
    detail: (d: { by: string; reason: string }) => `cancelled by ${d.by}${d.reason === '' ? '' : `: ${d.reason}`}`,
  },
  refused: { status: 422, title: 'Refused', retry: 'no', detail: (d: { action: string; reason: string }) => `"${d.action}" was refused: ${d.reason}` },
  poison: {
    status: 500,
    title: 'Given up',
    retry: 'no',
    detail: (d: { count: number; where: string }) => `the platform stopped ${d.count} times while at ${d.where}: this is not tried again`,
  },
  internal: {
    status: 500,
    title: 'Internal error',
    retry: 'no',
    detail: (d: { where: string }) => `something failed inside the platform at ${d.where}; the log has it`,
  },
  stranded: {
    status: 500,
    title: 'Workflow lost',
    retry: 'no',
    detail: (d: { what: string }) => `the workflow of this change ended without ending the change: ${d.what}`,
  },
})
