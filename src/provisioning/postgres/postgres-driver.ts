import { createHash, randomBytes } from 'node:crypto'
import type pg from 'pg'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { canonicalJson, type JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import { PROVISIONER, readDesired, readTarget, secretPathOf, type DesiredResource, type ResourceSecrets } from '#provisioning/resource'
import { databaseName, serviceUrl } from './postgres-names.ts'
import { closeToPublic, dropAll, ensureDatabaseFor, ensureRole, ensureSchema, onServer, readState, type ServerState } from './postgres-server.ts'
import { scramVerifier } from './scram.ts'

export interface PostgresDriverDeps {
  /** Connection string of a role that may create roles and databases; the platform's own server. Has a password. */
  adminUrl: string
  secrets: ResourceSecrets
  /** Databases that no service may enter, e.g. the platform's own, `postgres` and `template1`. */
  closed: readonly string[]
}

const CONNECTIONS = 20

/**
 * Provides `postgres`: a database and the one role that can enter it, on the platform's own server.
 * Recipe parameters: `connections` (at once, 20). Outputs: `host`, `port`, `name`, `username`; `url` and `password` as secrets.
 * A password is made once and survives every later apply.
 */
export class PostgresDriver implements Driver {
  readonly name = 'postgres'
  readonly #deps: PostgresDriverDeps

  constructor(deps: PostgresDriverDeps) {
    this.#deps = deps
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const desired = readDesired(this.name, request.desired)
    const database = databaseName(desired)
    const connections = connectionsOf(desired)
    const { state, hasCredentials } = await this.#look(request.target, desired)
    assertOurs(request.target, database, state)
    const exists = state.hasRole && state.hasDatabase
    const changes = [
      ...(exists
        ? []
        : [
            { path: 'database', after: database },
            { path: 'role', after: database },
          ]),
      ...(hasCredentials ? [] : [{ path: 'password', isSensitive: true }]),
      ...(exists && state.connections === connections ? [] : [{ path: 'connections', ...(exists ? { before: state.connections } : {}), after: connections }]),
    ]
    const verb = !exists ? 'create' : changes.length > 0 ? 'alter' : 'none'
    return {
      id: request.id,
      driver: this.name,
      verb,
      target: request.target,
      title: `${verb === 'create' ? 'Create' : verb === 'alter' ? 'Alter' : 'Keep'} PostgreSQL database "${database}"`,
      concern: 'data',
      changes,
      dependsOn: request.dependsOn ?? [],
      basis: fingerprintOf(state, hasCredentials),
      input: { ...desired, outputs: this.#outputs(desired) },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') {
      await this.remove(action.target, context)
      return { outcome: 'done', message: `dropped ${action.target}`, outputs: {} }
    }
    const desired = readDesired(this.name, action.input)
    const name = databaseName(desired)
    await onServer(this.#deps.adminUrl, action.target, async (client) => {
      // One at a time for a target; released with the connection.
      await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [action.target])
      const { state, hasCredentials } = await this.#look(action.target, desired, client)
      assertOurs(action.target, name, state)
      if (state.marker?.key !== context.key && action.basis !== undefined && fingerprintOf(state, hasCredentials) !== action.basis)
        throw driverFaults.stale({ target: action.target })
      if (action.verb === 'none') return
      context.progress({ message: `role "${name}"`, percent: 10 })
      const password = await this.#password(desired)
      await ensureRole(client, { name, verifier: scramVerifier(password), connections: connectionsOf(desired), target: action.target, key: context.key })
      context.progress({ message: `database "${name}"`, percent: 30 })
      await ensureDatabaseFor(client, name)
      await closeToPublic(client, this.#deps.closed)
      await onServer(databaseUrl(this.#deps.adminUrl, name), action.target, (inside) => ensureSchema(inside, name))
      const { url } = serviceUrl(this.#deps.adminUrl, { name, password: password.reveal() })
      await this.#deps.secrets.write(secretPathOf(desired, 'url'), new Secret(url), PROVISIONER)
    })
    return { outcome: 'done', message: `database "${name}" is ready`, outputs: this.#outputs(desired) }
  }

  async observe(target: string): Promise<Observation> {
    const resource = readTarget(this.name, target)
    const { state, hasCredentials } = await this.#look(target, resource)
    const isOurs = state.marker === undefined || state.marker.target === target
    const exists = isOurs && state.hasRole && state.hasDatabase
    return {
      exists,
      fingerprint: fingerprintOf(state, hasCredentials),
      state: { database: databaseName(resource), connections: state.connections, hasCredentials },
    }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    const resource = readTarget(this.name, target)
    const name = databaseName(resource)
    await onServer(this.#deps.adminUrl, target, async (client) => {
      assertOurs(target, name, await readState(client, name))
      await dropAll(client, name)
    })
    for (const output of ['url', 'password']) await this.#deps.secrets.remove(secretPathOf(resource, output), PROVISIONER)
  }

  async #look(
    target: string,
    resource: Pick<DesiredResource, 'component' | 'environment' | 'name'>,
    client?: pg.Client,
  ): Promise<{ state: ServerState; hasCredentials: boolean }> {
    const name = databaseName(resource)
    const state = client ? await readState(client, name) : await onServer(this.#deps.adminUrl, target, (own) => readState(own, name))
    const found = await Promise.all(['url', 'password'].map((output) => this.#deps.secrets.find(secretPathOf(resource, output))))
    return { state, hasCredentials: found.every((secret) => secret !== undefined) }
  }

  /** Written down before the server hears of it: a crash in between loses nothing. */
  async #password(desired: DesiredResource): Promise<Secret> {
    const path = secretPathOf(desired, 'password')
    const found = await this.#deps.secrets.find(path)
    if (found) return found
    const made = new Secret(randomBytes(24).toString('base64url'))
    await this.#deps.secrets.write(path, made, PROVISIONER)
    return made
  }

  #outputs(desired: DesiredResource): JsonObject {
    const name = databaseName(desired)
    const { host, port } = serviceUrl(this.#deps.adminUrl, { name, password: '' })
    return { host, port, name, username: name, url: { secretPath: secretPathOf(desired, 'url') }, password: { secretPath: secretPathOf(desired, 'password') } }
  }
}

function connectionsOf(desired: DesiredResource): number {
  const connections = desired.parameters['connections'] ?? CONNECTIONS
  if (typeof connections !== 'number' || !Number.isInteger(connections) || connections < 1 || connections > 1_000)
    throw driverFaults.bad_input({ driver: 'postgres', what: `parameters.connections is ${JSON.stringify(connections)}, not a number from 1 to 1000` })
  return connections
}

function fingerprintOf(state: ServerState, hasCredentials: boolean): string {
  const { hasRole, hasDatabase, connections } = state
  return createHash('sha256').update(canonicalJson({ hasRole, hasDatabase, connections, hasCredentials })).digest('hex')
}

/** A role of this name that was not made for this target is somebody else's: hands off. */
function assertOurs(target: string, name: string, state: ServerState): void {
  if (state.hasRole ? state.marker?.target === target : !state.hasDatabase) return
  throw driverFaults.failed({ target, what: `the server has a role or database "${name}" that was not made for it; rename or drop that one` })
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${encodeURIComponent(database)}`
  return url.toString()
}
