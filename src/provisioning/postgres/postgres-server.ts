import pg from 'pg'
import { driverFaults } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import { databaseFaults, isConnectionFailure } from '#kernel/node/database'

/** What is on the server for one target. */
export interface ServerState {
  hasRole: boolean
  hasDatabase: boolean
  /** Most connections that the role may have at once. */
  connections: number
  /** Whom the role was made for, and under which key it was last applied. */
  marker: { target: string; key: string } | undefined
}

/** Runs `work` on a connection of its own. @throws `kernel.database.unavailable`, `kernel.driver.failed`. */
export async function onServer<T>(adminUrl: string, target: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000, application_name: 'fairway-provisioning' })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } catch (error) {
    if (isFault(error)) throw error
    if (isConnectionFailure(error)) throw databaseFaults.unavailable({}, { cause: error })
    throw driverFaults.failed({ target, what: error instanceof Error ? error.message : 'the server refused' }, { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}

export async function readState(client: pg.Client, name: string): Promise<ServerState> {
  const { rows } = await client.query<{ connections: number | null; comment: string | null; has_database: boolean }>(
    `select r.rolconnlimit as connections, shobj_description(r.oid, 'pg_authid') as comment,
       exists (select 1 from pg_database where datname = $1 and datallowconn) as has_database
     from (select 1) one left join pg_roles r on r.rolname = $1`,
    [name],
  )
  const row = rows[0]
  return {
    hasRole: row?.connections != null,
    hasDatabase: row?.has_database ?? false,
    connections: row?.connections ?? 0,
    marker: readMarker(row?.comment ?? null),
  }
}

/** Makes or mends the role; the marker is written in the same transaction. */
export async function ensureRole(client: pg.Client, role: { name: string; verifier: string; connections: number; target: string; key: string }): Promise<void> {
  const name = client.escapeIdentifier(role.name)
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role.name])
  // A new role has no rights; they are not taken away by name, which on a managed server only a superuser may do.
  const attributes = `login noinherit connection limit ${role.connections} password ${client.escapeLiteral(role.verifier)}`
  await client.query('begin')
  await client.query(`${rowCount ? 'alter' : 'create'} role ${name} with ${attributes}`)
  await client.query(`comment on role ${name} is ${client.escapeLiteral(JSON.stringify({ target: role.target, key: role.key }))}`)
  await client.query('commit')
}

/** Makes the database, closed until nobody but its role (and the administrator) may enter. Finishes one that was left half made. */
export async function ensureDatabaseFor(client: pg.Client, name: string): Promise<void> {
  const quoted = client.escapeIdentifier(name)
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
  // template0: nobody can be connected to it, which would make the copy fail.
  if (!rowCount) await client.query(`create database ${quoted} template template0 allow_connections false`)
  await client.query(`revoke all on database ${quoted} from public`)
  await client.query(`grant connect, temporary, create on database ${quoted} to ${quoted}`)
  await client.query(`alter database ${quoted} allow_connections true`)
}

/** Inside the new database: its role owns the schema `public`, nobody else may use it. */
export async function ensureSchema(client: pg.Client, name: string): Promise<void> {
  const role = client.escapeIdentifier(name)
  const { rows } = await client.query<{ rolsuper: boolean }>('select rolsuper from pg_roles where rolname = current_user')
  const isSuperuser = rows[0]?.rolsuper === true
  // Who is no superuser may give a schema only to a role that it is a member of; for this moment it is.
  if (!isSuperuser) await client.query(`grant ${role} to current_user`)
  await client.query('revoke all on schema public from public')
  await client.query(`alter schema public owner to ${role}`)
  if (!isSuperuser) await client.query(`revoke ${role} from current_user`)
}

/** Takes the right to connect from everybody that was not given it by name, e.g. for the platform's own database. */
export async function closeToPublic(client: pg.Client, databases: readonly string[]): Promise<void> {
  for (const database of databases) {
    const { rowCount } = await client.query(
      `select 1 from pg_database d where datname = $1 and (datacl is null or exists (select 1 from aclexplode(datacl) where grantee = 0))`,
      [database],
    )
    if (rowCount) await client.query(`revoke all on database ${client.escapeIdentifier(database)} from public`)
  }
}

export async function dropAll(client: pg.Client, name: string): Promise<void> {
  const quoted = client.escapeIdentifier(name)
  await client.query(`drop database if exists ${quoted} with (force)`)
  await client.query(`drop role if exists ${quoted}`)
}

function readMarker(comment: string | null): ServerState['marker'] {
  try {
    const marker = JSON.parse(comment ?? 'null') as { target?: unknown; key?: unknown } | null
    return typeof marker?.target === 'string' && typeof marker.key === 'string' ? { target: marker.target, key: marker.key } : undefined
  } catch {
    return undefined
  }
}
