import type { Hosts } from '#provisioning/route'
import type { RouteTable } from '#runtime/ingress'

/** Host names for provisioning, kept in the ingress's own table: a kept host is a route with nothing behind it yet. */
export function hostClaims(routes: RouteTable, ingressPort: () => number): Hosts {
  return {
    findHost: async (host) => routes.getRoute(host),
    reserveHost: async ({ host, component, environment }) => {
      if (!routes.getRoute(host)) await routes.setRoute({ host, component, environment, backends: [] })
    },
    releaseHost: async (host) => await routes.removeRoute(host),
    urlOf: (host) => `http://${host}${ingressPort() === 80 ? '' : `:${ingressPort()}`}`,
  }
}
