import { Kysely, PostgresDialect, sql, type Transaction as KyselyTransaction } from 'kysely'
import pg from 'pg'
import { faults } from '#kernel/common/fault'
import type { Logger } from '#kernel/node/log'

/** A pool on the platform's database. A feature names its own tables: `db.withTables<{ change: ChangeTable }>()`. */
// oxlint-disable-next-line typescript/no-empty-object-type -- each feature adds its tables by withTables
export type Database = Kysely<{}>
// oxlint-disable-next-line typescript/no-empty-object-type -- as above
export type Transaction = KyselyTransaction<{}>
/** Where a query may run: a pool or a transaction. */
export type Queryable = Database | Transaction

export const databaseFaults = faults('kernel.database', {
  unavailable: {
    status: 503,
    title: 'Database unavailable',
    retry: 'backoff',
    detail: () => 'the database can not be reached now; nothing was changed, and work goes on when it is back',
  },
  unreachable: {
    status: 503,
    title: 'Database unreachable',
    retry: 'no',
    detail: (d: { place: string; what: string }) => `DATABASE_URL leads to ${d.place}, which can not be used: ${d.what}`,
  },
  unsupported_version: {
    status: 422,
    title: 'PostgreSQL too old',
    retry: 'no',
    detail: (d: { version: string }) => `DATABASE_URL leads to PostgreSQL ${d.version}; 15 or newer is needed`,
  },
})

// Wide integers come as numbers: our counters stay below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

/** Opens a pool. Idle connections that break are logged, never thrown. */
export function openDatabase(options: { url: string; log: Logger; poolSize?: number }): { db: Database; pool: pg.Pool } & AsyncDisposable {
  const pool = new pg.Pool({ connectionString: options.url, max: options.poolSize ?? 12, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 10_000 })
  pool.on('error', (error) => options.log.warn('a database connection was lost', { error }))
  pool.on('connect', (client) => client.on('error', (error) => options.log.warn('a database connection was lost', { error })))
  // oxlint-disable-next-line typescript/no-empty-object-type -- tables are named per feature
  const db = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) })
  return { db, pool, [Symbol.asyncDispose]: () => db.destroy() }
}

/** Creates the database that `url` names when it is absent; `adminUrl` leads to another database of the same server. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42P04') throw error // somebody else made it at the same moment
  } finally {
    await client.end()
  }
}

/**
 * Connects for the first time, so that a wrong address or password is told in words for the operator, without the password.
 * @throws `kernel.database.unreachable`.
 */
export async function assertReachable(db: Database, url: string): Promise<void> {
  await sql`select 1`.execute(db).catch((error: unknown) => {
    throw databaseFaults.unreachable({ place: placeOf(url), what: error instanceof Error ? error.message : String(error) }, { cause: error })
  })
}

/** Host, port and database of a connection string. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'no address'
  const { host, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? host}${pathname}`
}

/** @throws `kernel.database.unsupported_version`. */
export async function assertServerVersion(db: Database): Promise<void> {
  const { rows } = await sql<{
    version: string
    number: number
  }>`select current_setting('server_version') as version, current_setting('server_version_num')::int as number`.execute(db)
  const found = rows[0]
  if (found && found.number < 150_000) throw databaseFaults.unsupported_version({ version: found.version })
}

/**
 * Codes of a server that is away: of the network, and SQLSTATEs (PostgreSQL, Appendix A) of a broken connection, a shutdown, too many connections, an
 * idle session that was ended, and a write to what a failover has just made a replica.
 */
const AWAY = new Set(
  ['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'].concat([
    '08000',
    '08001',
    '08003',
    '08006',
    '53300',
    '57P01',
    '57P02',
    '57P03',
    '57P05',
    '25006',
  ]),
)

/** True when `error` says that the server is away or the connection broke, so that trying again makes sense. */
export function isConnectionFailure(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // No socket file is a server that is away; any other file that is missing is not.
  if (code === 'ENOENT') return (error as NodeJS.ErrnoException).syscall === 'connect'
  return AWAY.has(code) || (error instanceof Error && /Connection terminated|timeout exceeded when trying to connect|is not queryable/.test(error.message))
}
