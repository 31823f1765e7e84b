import { faults } from '#kernel/common/fault'

/** What can be wrong with repositories, refs and pushes. */
export const gitHostFaults = faults('delivery.git_host', {
  bad_name: {
    status: 400,
    title: 'Bad name',
    retry: 'no',
    detail: (d: { what: string; value: string; rule: string }) => `"${d.value.slice(0, 100)}" is no ${d.what}: ${d.rule}`,
  },
  not_found: { status: 404, title: 'No such repository', retry: 'no', detail: (d: { repository: string }) => `there is no repository "${d.repository}"` },
  ref_not_found: {
    status: 404,
    title: 'No such ref',
    retry: 'no',
    detail: (d: { repository: string; ref: string }) => `"${d.repository}" has no branch, tag or commit "${d.ref}"`,
  },
  path_not_found: {
    status: 404,
    title: 'No such file',
    retry: 'no',
    detail: (d: { repository: string; ref: string; path: string }) => `"${d.path}" is not in "${d.repository}" at ${d.ref}`,
  },
  exists: {
    status: 409,
    title: 'Repository exists',
    retry: 'no',
    detail: (d: { repository: string }) => `the repository "${d.repository}" exists already: choose another name`,
  },
  stale_parent: {
    status: 409,
    title: 'Branch has moved',
    retry: 'no',
    detail: (d: { repository: string; branch: string; expected: string; found: string }) =>
      `branch "${d.branch}" of "${d.repository}" is at ${d.found}, not at ${d.expected}; nothing was committed: read it again`,
  },
  default_branch: {
    status: 409,
    title: 'Default branch',
    retry: 'no',
    detail: (d: { repository: string; branch: string }) => `"${d.branch}" is the default branch of "${d.repository}" and can't be deleted`,
  },
  busy: {
    status: 503,
    title: 'Branch is busy',
    retry: 'backoff',
    detail: (d: { repository: string; branch: string }) =>
      `branch "${d.branch}" of "${d.repository}" is written by many at once; nothing was committed: try again`,
  },
  too_large: {
    status: 413,
    title: 'File too large',
    retry: 'no',
    detail: (d: { path: string; limitBytes: number }) => `"${d.path}" is larger than ${d.limitBytes} bytes: clone the repository to read it`,
  },
  bad_request: { status: 400, title: 'Not Git', retry: 'no', detail: (d: { what: string }) => `this is no request of the Git protocol: ${d.what}` },
  failed: {
    status: 500,
    title: 'Git failed',
    retry: 'backoff',
    detail: (d: { repository: string; what: string }) => `git could not work on "${d.repository}": ${d.what}`,
  },
})
