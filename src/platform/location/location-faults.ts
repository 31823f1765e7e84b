import { faults } from '#kernel/common/fault'

/** What can be wrong with where descriptors come from. */
export const locationFaults = faults('platform.location', {
  not_found: { status: 404, title: 'No such location', retry: 'no', detail: (d: { id: string }) => `there is no location "${d.id}"` },
  exists: {
    status: 409,
    title: 'Location exists',
    retry: 'no',
    detail: (d: { target: string }) => `"${d.target}" is a location already; refresh that one`,
  },
  bad_target: {
    status: 400,
    title: 'Bad target',
    retry: 'no',
    detail: (d: { target: string; what: string }) => `"${d.target.slice(0, 200)}" can not be a location: ${d.what}`,
  },
  not_allowed: { status: 403, title: 'Not allowed', retry: 'no', detail: (d: { what: string }) => d.what },
  built_in: {
    status: 409,
    title: 'Always read',
    retry: 'no',
    detail: (d: { target: string }) => `"${d.target}" lies on the built-in Git host, whose repositories are always read: push to it, or delete the repository`,
  },
  unreadable: {
    status: 422,
    title: 'Location can not be read',
    retry: 'backoff',
    detail: (d: { target: string; what: string }) => `"${d.target.slice(0, 200)}" can not be read: ${d.what}`,
  },
  refused: {
    status: 422,
    title: 'Location is not read',
    retry: 'no',
    detail: (d: { target: string; what: string }) => `"${d.target.slice(0, 200)}" is not read: ${d.what}`,
  },
  bad_signature: {
    status: 401,
    title: 'Bad signature',
    retry: 'no',
    detail: (d: { host: string }) => `this is not signed with the webhook secret of "${d.host}"`,
  },
})
