import { randomBytes } from 'node:crypto'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { Secret } from '#kernel/common/secret'
import { PROVISIONER, readDesired, readTarget, secretPathOf, type DesiredResource, type ResourceSecrets } from '#provisioning/resource'

const DEFAULT_BYTES = 32

/**
 * Provides `secret`: a random value that is made once and never again, e.g. a signing key. Its recipe may give `bytes` (16 to 256 random
 * bytes, as base64url; 32 unless told). Output: `value`, a secret.
 */
export class SecretValueDriver implements Driver {
  readonly name = 'secret'
  readonly #secrets: ResourceSecrets

  constructor(deps: { secrets: ResourceSecrets }) {
    this.#secrets = deps.secrets
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const desired = readDesired(this.name, request.desired)
    bytesOf(desired)
    const { exists, fingerprint } = await this.observe(request.target)
    return {
      id: request.id,
      driver: this.name,
      verb: exists ? 'none' : 'create',
      target: request.target,
      title: `${exists ? 'Keep' : 'Make'} secret "${desired.name}" of ${desired.component} in ${desired.environment}`,
      concern: 'access',
      changes: exists ? [] : [{ path: 'value', isSensitive: true }],
      dependsOn: request.dependsOn ?? [],
      basis: fingerprint,
      input: { ...desired, outputs: { value: { secretPath: secretPathOf(desired, 'value') } } },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') {
      await this.remove(action.target, context)
      return { outcome: 'done', message: `removed ${action.target}`, outputs: {} }
    }
    const desired = readDesired(this.name, action.input)
    const path = secretPathOf(desired, 'value')
    const keyPath = secretPathOf(desired, 'value.key')
    const isOwnKey = (await this.#secrets.find(keyPath))?.reveal() === context.key
    const { exists, fingerprint } = await this.observe(action.target)
    if (!isOwnKey && action.basis !== undefined && fingerprint !== action.basis) throw driverFaults.stale({ target: action.target })
    if (!exists && action.verb !== 'none') {
      // The key goes first: after a crash in between, the same key makes the value, and another is told that it is stale or makes it too.
      await this.#secrets.write(keyPath, new Secret(context.key), PROVISIONER)
      await this.#secrets.write(path, new Secret(randomBytes(bytesOf(desired)).toString('base64url')), PROVISIONER)
    }
    return { outcome: 'done', message: `secret "${desired.name}" is ready`, outputs: { value: { secretPath: path } } }
  }

  async observe(target: string): Promise<Observation> {
    const path = secretPathOf(readTarget(this.name, target), 'value')
    const exists = (await this.#secrets.find(path)) !== undefined
    return { exists, fingerprint: exists ? 'made' : 'absent', state: { secretPath: path } }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    const resource = readTarget(this.name, target)
    for (const output of ['value', 'value.key']) await this.#secrets.remove(secretPathOf(resource, output), PROVISIONER)
  }
}

function bytesOf(desired: DesiredResource): number {
  const bytes = desired.parameters['bytes'] ?? DEFAULT_BYTES
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 16 || bytes > 256)
    throw driverFaults.bad_input({ driver: 'secret', what: `parameters.bytes is ${JSON.stringify(bytes)}, not a number from 16 to 256` })
  return bytes
}
