import { faults } from '#kernel/common/fault'

type Which = { repository: string; number: number }

/** What can be wrong with pull requests. */
export const pullRequestFaults = faults('delivery.pull_request', {
  not_found: {
    status: 404,
    title: 'No such pull request',
    retry: 'no',
    detail: (d: Which) => `"${d.repository}" has no pull request ${d.number}`,
  },
  nothing_to_merge: {
    status: 422,
    title: 'Nothing to merge',
    retry: 'no',
    detail: (d: { repository: string; source: string; target: string }) =>
      `"${d.target}" of "${d.repository}" has every commit of "${d.source}" already: push a commit to "${d.source}" first`,
  },
  unrelated: {
    status: 422,
    title: 'Unrelated branches',
    retry: 'no',
    detail: (d: { repository: string; source: string; target: string }) =>
      `"${d.source}" and "${d.target}" of "${d.repository}" have no commit in common: begin the branch at "${d.target}"`,
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    retry: 'no',
    detail: (d: Which & { target: string; paths: readonly string[] }) =>
      `pull request ${d.number} of "${d.repository}" conflicts with "${d.target}"${inFiles(d.paths)}; nothing was merged: merge "${d.target}" into its branch, and push`,
  },
  stale_head: {
    status: 409,
    title: 'Branch has moved',
    retry: 'no',
    detail: (d: Which & { expected: string; found: string }) =>
      `pull request ${d.number} of "${d.repository}" is at ${d.found}, not at ${d.expected}; nothing was merged: look at it again`,
  },
  closed: {
    status: 409,
    title: 'Pull request is closed',
    retry: 'no',
    detail: (d: Which) => `pull request ${d.number} of "${d.repository}" is closed: reopen it, or open a new one`,
  },
  merged: {
    status: 409,
    title: 'Pull request is merged',
    retry: 'no',
    detail: (d: Which) => `pull request ${d.number} of "${d.repository}" is merged already: revert its commit instead`,
  },
  branch_gone: {
    status: 409,
    title: 'Branch is gone',
    retry: 'no',
    detail: (d: Which & { branch: string }) => `the branch "${d.branch}" of pull request ${d.number} of "${d.repository}" is deleted: push it again first`,
  },
  own_review: {
    status: 403,
    title: 'Own pull request',
    retry: 'no',
    detail: (d: Which) => `nobody reviews what they opened: pull request ${d.number} of "${d.repository}" needs somebody else`,
  },
  refused: {
    status: 409,
    title: 'Merge refused',
    retry: 'no',
    detail: (d: Which & { reason: string }) => `the host does not let pull request ${d.number} of "${d.repository}" be merged: ${d.reason}`,
  },
})

const NAMED = 5

function inFiles(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : ''
  return ` in ${paths
    .slice(0, NAMED)
    .map((path) => `"${path}"`)
    .join(', ')}${more}`
}
