import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Driver } from '#kernel/common/driver'
import { canonicalJson } from '#kernel/common/json'
import type { Backend, IngressRoute, RouteTable } from '#runtime/ingress'
import { parseInput, plannedAction, toJson } from './driver-input.ts'
import type { Effects } from './effect-store.ts'

const inputSchema = z.strictObject({
  hosts: z.array(z.string().min(1)).min(1),
  component: z.string().min(1),
  environment: z.string().min(1),
  backends: z.array(z.strictObject({ release: z.string().min(1), weight: z.int().min(0).max(100) })),
})

/** What the driver needs of the ingress. */
export type TrafficRoutes = Pick<RouteTable, 'getRoute' | 'listRoutes' | 'setRoutes' | 'removeRoutes'>

/**
 * Driver `traffic`: all hosts lead to the same releases by the same weights, switched in one step. Input `{ hosts, component, environment, backends }`,
 * target `orders/production`. No backends: the hosts are kept and lead nowhere, which is how the first deployment is rolled back.
 */
export function trafficDriver(deps: { routes: TrafficRoutes; effects: Effects }): Driver {
  const { routes } = deps
  return {
    name: 'traffic',
    plan: async (request) => {
      const input = parseInput('traffic', inputSchema, request.desired)
      const before = input.hosts.map((host) => routes.getRoute(host))
      const isSame = before.every((route) => weightsOf(route?.backends ?? []) === weightsOf(input.backends))
      const verb = isSame ? 'none' : input.backends.length === 0 ? 'destroy' : before.some((route) => route === undefined) ? 'create' : 'alter'
      const changes = isSame
        ? []
        : input.hosts.map((path, index) => ({ path, before: describe(before[index]?.backends ?? []), after: describe(input.backends) }))
      const title = `Lead ${input.hosts.join(', ')} to ${describe(input.backends)}`
      return plannedAction('traffic', request, { verb, title, concern: 'traffic', changes, basis: fingerprint(before) })
    },
    apply: async (action, context) => {
      const input = parseInput('traffic', inputSchema, action.input)
      const { hosts, component, environment, backends } = input
      await deps.effects.begin(action, context, fingerprint(hosts.map((host) => routes.getRoute(host))))
      const led = backends.length === 0 ? hosts.filter((host) => routes.getRoute(host)) : hosts
      await routes.setRoutes(led.map((host) => ({ host, component, environment, backends })))
      return { outcome: 'done', message: `${hosts.join(', ')} ${hosts.length === 1 ? 'leads' : 'lead'} to ${describe(backends)}`, outputs: { hosts, backends } }
    },
    observe: async (target) => {
      const found = routesOf(routes, target)
      return { exists: found.some((route) => route.backends.length > 0), fingerprint: fingerprint(found), state: { routes: found.map(toJson) } }
    },
    remove: async (target) => await routes.removeRoutes(routesOf(routes, target).map((route) => route.host)),
  }
}

function routesOf(routes: TrafficRoutes, target: string): IngressRoute[] {
  const [component, environment] = target.split('/')
  return component === undefined || environment === undefined ? [] : routes.listRoutes({ component, environment })
}

function fingerprint(routes: readonly (IngressRoute | undefined)[]): string {
  return createHash('sha256')
    .update(canonicalJson(routes.map((route) => route ?? null)))
    .digest('hex')
}

function weightsOf(backends: readonly Backend[]): string {
  return backends
    .map((backend) => `${backend.release} ${backend.weight}`)
    .toSorted()
    .join(', ')
}

function describe(backends: readonly Backend[]): string {
  if (backends.length === 0) return 'nothing'
  return backends
    .filter((backend) => backend.weight > 0)
    .map((backend) => (backend.weight === 100 ? backend.release : `${backend.release} by ${backend.weight} %`))
    .join(' and ')
}
