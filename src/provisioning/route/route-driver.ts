import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { readDesired, readTarget, type DesiredResource } from '#provisioning/resource'

/** Whose a host name is. */
export interface HostClaim {
  host: string
  component: string
  environment: string
}

/** Host names of the ingress. What is behind a host is for rollouts to say; here it is only kept for a component. */
export interface Hosts {
  findHost(host: string): Promise<HostClaim | undefined>
  /** Keeps a host for a component. Of one that is kept for it already it is a success. */
  reserveHost(claim: HostClaim): Promise<void>
  /** Of a host that is not kept it is a success. */
  releaseHost(host: string): Promise<void>
  /** Where browsers reach it, e.g. `http://orders.dev.localhost:8080`. */
  urlOf(host: string): string
}

/**
 * Provides `route`: a host name that leads to the component in this environment, `<component>.<environment>.localhost` unless the recipe
 * gives a `host` (with `{component}` and `{environment}` in it). Outputs: `host`, `url`.
 */
export class RouteDriver implements Driver {
  readonly name = 'route'
  readonly #hosts: Hosts

  constructor(deps: { hosts: Hosts }) {
    this.#hosts = deps.hosts
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const desired = readDesired(this.name, request.desired)
    const host = hostOf(desired)
    const claim = await this.#hosts.findHost(host)
    assertFree(request.target, desired, claim)
    return {
      id: request.id,
      driver: this.name,
      verb: claim ? 'none' : 'create',
      target: request.target,
      title: `${claim ? 'Keep' : 'Add'} route ${host}`,
      concern: 'traffic',
      changes: claim ? [] : [{ path: 'host', after: host }],
      dependsOn: request.dependsOn ?? [],
      input: { ...desired, outputs: { host, url: this.#hosts.urlOf(host) } },
    }
  }

  /** Keeping a host has one outcome whenever it is done, so there is no basis and no stale plan: only a host that another took meanwhile. */
  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') {
      await this.remove(action.target, context)
      return { outcome: 'done', message: `removed ${action.target}`, outputs: {} }
    }
    const desired = readDesired(this.name, action.input)
    const host = hostOf(desired)
    assertFree(action.target, desired, await this.#hosts.findHost(host))
    await this.#hosts.reserveHost({ host, component: desired.component, environment: desired.environment })
    return { outcome: 'done', message: `${host} is kept for ${desired.component}`, outputs: { host, url: this.#hosts.urlOf(host) } }
  }

  /** The host of the default form; one that a recipe named is not seen from the target alone. */
  async observe(target: string): Promise<Observation> {
    const host = hostOf({ ...readTarget(this.name, target), parameters: {} })
    const claim = await this.#hosts.findHost(host)
    return { exists: claim !== undefined, fingerprint: claim ? `${claim.component}/${claim.environment}` : 'absent', state: { host } }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    await this.#hosts.releaseHost(hostOf({ ...readTarget(this.name, target), parameters: {} }))
  }
}

function hostOf({ component, environment, parameters }: Pick<DesiredResource, 'component' | 'environment' | 'parameters'>): string {
  const template = parameters['host'] ?? '{component}.{environment}.localhost'
  if (typeof template !== 'string') throw driverFaults.bad_input({ driver: 'route', what: `parameters.host is ${JSON.stringify(template)}, not a text` })
  const host = template.replaceAll('{component}', component).replaceAll('{environment}', environment).toLowerCase()
  if (!/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host))
    throw driverFaults.bad_input({ driver: 'route', what: `"${host}" is no host name` })
  return host
}

function assertFree(target: string, desired: DesiredResource, claim: HostClaim | undefined): void {
  if (!claim || (claim.component === desired.component && claim.environment === desired.environment)) return
  throw driverFaults.failed({ target, what: `host "${claim.host}" belongs to ${claim.component} in ${claim.environment}` })
}
