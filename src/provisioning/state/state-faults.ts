import { faults } from '#kernel/common/fault'

export const stateFaults = faults('provisioning.state', {
  bad_name: {
    status: 422,
    title: 'Bad state name',
    retry: 'no',
    detail: (d: { name: string }) => `"${d.name}" is no state name: use segments of letters, digits, ".", "_" and "-" joined by "/"`,
  },
  not_state: {
    status: 422,
    title: 'Not a state',
    retry: 'no',
    detail: (d: { name: string }) => `what was sent for "${d.name}" is no state (JSON with lineage and serial)`,
  },
  corrupted: {
    status: 400,
    title: 'Corrupted on the way',
    retry: 'backoff',
    detail: (d: { name: string }) => `the state of "${d.name}" does not match its Content-MD5; send it again`,
  },
  bad_lock: { status: 400, title: 'Bad lock', retry: 'no', detail: (d: { name: string }) => `the lock of "${d.name}" has no ID` },
  refused: {
    status: 409,
    title: 'State refused',
    retry: 'no',
    detail: (d: { name: string; why: string }) => `the state of "${d.name}" was not written: ${d.why}`,
  },
})
