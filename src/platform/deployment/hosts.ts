/** Host names of a component in an environment; production has a short one too. Browsers and curl resolve `*.localhost` to this machine (RFC 6761). */
export function hostsOf(component: string, environment: string): string[] {
  const own = `${component}.${environment}.localhost`
  return environment === 'production' ? [own, `${component}.localhost`] : [own]
}

/** Address that people open, e.g. `http://orders.dev.localhost:8080`. */
export function urlOf(component: string, environment: string, ingressPort: number): string {
  return `http://${hostsOf(component, environment)[0] ?? ''}${ingressPort === 80 ? '' : `:${ingressPort}`}`
}
