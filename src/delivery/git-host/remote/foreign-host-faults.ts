import { faults } from '#kernel/common/fault'

type Host = { host: string; what: string }

/** What can be wrong with a Git host that is not ours. */
export const foreignHostFaults = faults('delivery.foreign_host', {
  unauthorised: {
    status: 502,
    title: 'Credential refused',
    retry: 'no',
    detail: (d: { host: string; credential: string }) => `"${d.host}" does not accept its credential: write a valid token to the secret "${d.credential}"`,
  },
  forbidden: {
    status: 502,
    title: 'Host forbids it',
    retry: 'no',
    detail: (d: Host) => `"${d.host}" does not let the platform's token do this (${d.what}): give the token the missing permission`,
  },
  refused: {
    status: 422,
    title: 'Host refuses it',
    retry: 'no',
    detail: (d: Host) => `"${d.host}" refuses this: ${d.what}`,
  },
  rate_limited: {
    status: 503,
    title: 'Host limits requests',
    retry: 'after',
    detail: (d: { host: string; seconds: number }) => `"${d.host}" takes no more requests of the platform for ${d.seconds} s`,
  },
  unavailable: {
    status: 502,
    title: 'Host unavailable',
    retry: 'backoff',
    detail: (d: Host) => `"${d.host}" does not work right now: ${d.what}`,
  },
  unexpected: {
    status: 502,
    title: 'Unexpected answer',
    retry: 'no',
    detail: (d: Host) => `"${d.host}" gave an answer that is not in its published interface: ${d.what}`,
  },
  unsupported: {
    status: 422,
    title: 'Host can not do it',
    retry: 'no',
    detail: (d: Host) => `"${d.host}" can not do this: ${d.what}`,
  },
  unknown_host: {
    status: 404,
    title: 'No such Git host',
    retry: 'no',
    detail: (d: { host: string }) => `there is no Git host "${d.host}": declare a GitHost of it in the organisation's repository`,
  },
  bad_signature: {
    status: 401,
    title: 'Webhook not authentic',
    retry: 'no',
    detail: (d: { host: string }) => `the webhook is not signed with the secret that "${d.host}" was given`,
  },
  bad_webhook: {
    status: 400,
    title: 'Webhook can not be read',
    retry: 'no',
    detail: (d: Host) => `the webhook of "${d.host}" can not be read: ${d.what}`,
  },
})
