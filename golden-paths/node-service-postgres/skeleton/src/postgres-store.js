import { Pool } from 'pg'

/** Each migration runs once, in order, whichever replica starts first. Add to the end; never edit one that has shipped. */
const migrations = ['create table visit (id bigint generated always as identity primary key, at timestamptz not null default now())']

/** Keeps visits in PostgreSQL. */
export async function createPostgresStore({ databaseUrl, log }) {
  const pool = new Pool({ connectionString: databaseUrl, max: 5, connectionTimeoutMillis: 5000 })
  pool.on('error', (error) => log('warn', 'a database connection was lost', { error: error.message }))
  await migrate(pool)
  return {
    async ready() {
      await pool.query('select 1')
    },
    async recordVisit() {
      await pool.query('insert into visit default values')
      const { rows } = await pool.query('select count(*)::int as visits from visit')
      return { visits: rows[0].visits }
    },
    async close() {
      await pool.end()
    },
  }
}

async function migrate(pool) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(4201)')
    await client.query('create table if not exists migration (version int primary key, at timestamptz not null default now())')
    const { rows } = await client.query('select coalesce(max(version), 0) as version from migration')
    for (const [index, statement] of migrations.entries()) {
      if (index < rows[0].version) continue
      await client.query(statement)
      await client.query('insert into migration (version) values ($1)', [index + 1])
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
