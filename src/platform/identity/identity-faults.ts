import { faults } from '#kernel/common/fault'

export const identityFaults = faults('platform.identity', {
  malformed: {
    status: 401,
    title: 'Not a credential',
    retry: 'no',
    detail: (d: { what: string }) => `${d.what}; send a token as "Authorization: Bearer fwy_…", or as the password of Basic authentication`,
  },
  unknown: { status: 401, title: 'Unknown credential', retry: 'no', detail: (d: { kind: string }) => `this ${d.kind} is not known here` },
  expired: { status: 401, title: 'Expired', retry: 'no', detail: (d: { kind: string; at: string }) => `this ${d.kind} expired at ${d.at}; get a new one` },
  revoked: { status: 401, title: 'Revoked', retry: 'no', detail: (d: { kind: string }) => `this ${d.kind} was revoked; get a new one` },
  account_gone: {
    status: 401,
    title: 'Account gone',
    retry: 'no',
    detail: (d: { principal: string }) => `${d.principal} is no longer in the catalog, so this credential is void`,
  },
  bad_code: {
    status: 401,
    title: 'Login link is void',
    retry: 'no',
    detail: () => 'this login link was used already or has expired; ask for a new one with "fairway login"',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many attempts',
    retry: 'after',
    detail: (d: { seconds: number }) => `too many wrong login codes; try again in ${d.seconds} s`,
  },
  scope_exceeds: {
    status: 403,
    title: 'Scope too wide',
    retry: 'no',
    detail: (d: { scope: string; own: string }) => `this credential is limited to "${d.own}" and can't give away "${d.scope}"`,
  },
  not_for_others: {
    status: 403,
    title: 'Not for others',
    retry: 'no',
    detail: (d: { subject: string }) => `only an administrator may issue or revoke a credential of ${d.subject}`,
  },
  unknown_subject: {
    status: 422,
    title: 'Unknown subject',
    retry: 'no',
    detail: (d: { subject: string }) =>
      `"${d.subject}" is nobody that a credential could be for: use a person of the catalog (user:default/ana), or service:… or agent:…`,
  },
  token_not_found: { status: 404, title: 'No such token', retry: 'no', detail: (d: { id: string }) => `there is no token "${d.id}" that you may see` },
})
