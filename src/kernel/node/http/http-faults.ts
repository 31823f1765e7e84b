import { faults } from '#kernel/common/fault'

export const httpFaults = faults('kernel.http', {
  bad_request: {
    status: 400,
    title: 'Bad request',
    retry: 'no',
    detail: (d: { where: string; count: number }) => `the ${d.where} of this request has ${d.count} ${d.count === 1 ? 'fault' : 'faults'}; see errors`,
  },
  not_json: { status: 400, title: 'Not JSON', retry: 'no', detail: () => 'the body is not JSON' },
  unauthenticated: {
    status: 401,
    title: 'Sign in',
    retry: 'no',
    detail: () => 'this needs a sign-in: send a token as "Authorization: Bearer …", or sign in to the portal',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    retry: 'no',
    detail: (d: { principal: string; permission: string; resource: string; reason: string }) =>
      `${d.principal} may not do "${d.permission}" on ${d.resource}: ${d.reason}`,
  },
  cross_site: {
    status: 403,
    title: 'Foreign page',
    retry: 'no',
    detail: () => 'a change by cookie must come from the portal itself; use a token from elsewhere',
  },
  no_route: {
    status: 404,
    title: 'No such address',
    retry: 'no',
    detail: (d: { method: string; path: string }) => `there is nothing at ${d.method} ${d.path}`,
  },
  too_large: { status: 413, title: 'Body too large', retry: 'no', detail: (d: { limitBytes: number }) => `the body is larger than ${d.limitBytes} bytes` },
  too_slow: { status: 400, title: 'Body too slow', retry: 'no', detail: (d: { seconds: number }) => `the body had not arrived whole after ${d.seconds} s` },
  port_taken: {
    status: 409,
    title: 'Port taken',
    retry: 'no',
    detail: (d: { port: number; host: string; setting: string }) =>
      `port ${d.port} on ${d.host} is taken by another program: stop it, or set ${d.setting} to a free port`,
  },
})
