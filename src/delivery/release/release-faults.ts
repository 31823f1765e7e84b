import { faults } from '#kernel/common/fault'

/** What can be wrong with releases. */
export const releaseFaults = faults('delivery.release', {
  not_found: { status: 404, title: 'No such release', retry: 'no', detail: (d: { release: string }) => `there is no release "${d.release.slice(0, 100)}"` },
  none: {
    status: 404,
    title: 'Nothing to release',
    retry: 'no',
    detail: (d: { component: string }) => `"${d.component}" has no release that may be deployed: run its pipeline, or lift a quarantine`,
  },
  no_artifact: {
    status: 409,
    title: 'No artifact',
    retry: 'no',
    detail: (d: { runId: string; component: string }) => `run "${d.runId.slice(0, 100)}" published no artifact of "${d.component}": a release is made of one`,
  },
  bad_score: {
    status: 422,
    title: 'Bad score file',
    retry: 'no',
    detail: (d: { component: string; count: number }) => `the score file of "${d.component}" has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; see errors`,
  },
  bad_cursor: { status: 400, title: 'Bad cursor', retry: 'no', detail: () => 'this cursor is none of ours: begin without one' },
})
