import { faults } from '#kernel/common/fault'

/** Share of requests that goes to a release: 0 to 100. */
export interface Backend {
  release: string
  weight: number
}

/** Which releases a host leads to, e.g. `orders.production.localhost` to two releases by 90 and 10. */
export interface IngressRoute {
  /** Host name without port, lower case. */
  host: string
  component: string
  environment: string
  /** Weights add up to 100; empty for a host that is kept for a component while nothing is behind it. */
  backends: Backend[]
}

/** Why a route was refused, and what callers hear of a host without a replica. */
export const ingressFaults = faults('runtime.ingress', {
  bad_route: {
    status: 422,
    title: 'Bad route',
    retry: 'no',
    detail: (d: { host: string; what: string }) => `host "${d.host}" can't be routed so: ${d.what}`,
  },
  host_taken: {
    status: 409,
    title: 'Host taken',
    retry: 'no',
    detail: (d: { host: string; owner: string }) => `host "${d.host}" leads to ${d.owner} already; remove that route first`,
  },
  unknown_host: {
    status: 404,
    title: 'Nothing here',
    retry: 'no',
    detail: (d: { host: string }) => `no service is published as "${d.host}"`,
  },
  no_backend: {
    status: 503,
    title: 'Not available now',
    retry: 'backoff',
    detail: (d: { component: string; environment: string }) => `no replica of ${d.component} is ready in ${d.environment}`,
  },
  broken: {
    status: 502,
    title: 'No answer',
    retry: 'backoff',
    detail: (d: { component: string; environment: string }) => `a replica of ${d.component} in ${d.environment} ended the connection before it had answered`,
  },
  slow: {
    status: 504,
    title: 'Too slow',
    retry: 'backoff',
    detail: (d: { component: string; environment: string; seconds: number }) =>
      `${d.component} in ${d.environment} did not begin to answer within ${d.seconds} s`,
  },
  too_large: { status: 413, title: 'Body too large', retry: 'no', detail: (d: { limitBytes: number }) => `the body is larger than ${d.limitBytes} bytes` },
})

/** RFC 1123 names under a domain, so that a route can't hide behind an odd spelling. */
const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/

/** @throws `runtime.ingress.bad_route`. */
export function assertRoute(route: IngressRoute): void {
  const bad = (what: string): Error => ingressFaults.bad_route({ host: route.host, what })
  if (!HOST.test(route.host)) throw bad('it is no lower-case host name without port')
  if (route.backends.some((backend) => !Number.isInteger(backend.weight) || backend.weight < 0 || backend.weight > 100))
    throw bad('a weight is a whole number from 0 to 100')
  const sum = route.backends.reduce((total, backend) => total + backend.weight, 0)
  if (route.backends.length > 0 && sum !== 100) throw bad(`weights must add up to 100, not ${sum}`)
  if (new Set(route.backends.map((backend) => backend.release)).size !== route.backends.length) throw bad('a release is named twice')
}

/**
 * Chooses by weight. Releases for which `isReady` says no get nothing; their share goes to the others by weight, so that users are served.
 * @param random 0 <= random < 1. @returns undefined when no release with a weight is ready.
 */
export function chooseBackend(backends: readonly Backend[], isReady: (release: string) => boolean, random: number): Backend | undefined {
  const eligible = backends.filter((backend) => backend.weight > 0 && isReady(backend.release))
  const total = eligible.reduce((sum, backend) => sum + backend.weight, 0)
  let rest = random * total
  for (const backend of eligible) {
    rest -= backend.weight
    if (rest < 0) return backend
  }
  return eligible.at(-1)
}
