import { faults } from '#kernel/common/fault'

export const peopleFaults = faults('platform.people', {
  not_found: { status: 404, title: 'No such resource', retry: 'no', detail: (d: { type: string; id: string }) => `there is no ${d.type} "${d.id}"` },
  taken: { status: 409, title: 'Name is taken', retry: 'no', detail: (d: { type: string; name: string }) => `there is a ${d.type} "${d.name}" already` },
  bad_resource: { status: 400, title: 'Bad resource', retry: 'no', detail: (d: { what: string }) => d.what },
  no_provider: {
    status: 404,
    title: 'No identity provider',
    retry: 'no',
    detail: () => 'signing in by OpenID Connect is not set up: set FAIRWAY_OIDC_ISSUER and FAIRWAY_OIDC_CLIENT_ID',
  },
  sign_in_failed: {
    status: 401,
    title: 'Signing in failed',
    retry: 'no',
    detail: (d: { what: string }) => `${d.what}; go back to the portal and sign in again`,
  },
  provider_unreachable: {
    status: 502,
    title: 'Identity provider does not answer',
    retry: 'backoff',
    detail: (d: { issuer: string; what: string }) => `${d.issuer}: ${d.what}`,
  },
})
