import pg from 'pg'

const CHANNEL = 'job_added'
/** Each migration runs once, in order, whichever replica starts first. Add to the end; never edit one that has shipped. */
const migrations = [
  `create table job (
     id bigint generated always as identity primary key,
     kind text not null,
     payload jsonb not null,
     key text unique,
     state text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
     attempts int not null default 0,
     max_attempts int not null check (max_attempts > 0),
     run_at timestamptz not null,
     locked_until timestamptz,
     created_at timestamptz not null default now(),
     finished_at timestamptz,
     result jsonb,
     error text
   )`,
  // Only what can be taken: done jobs, which are the most, cost the workers nothing.
  `create index job_due on job (run_at, id) where state in ('ready', 'running')`,
]

/**
 * Keeps jobs in PostgreSQL. Promises, each with a test: a job that was added is taken until it is done or dead; two workers never hold one at the
 * same time, unless the first one's lease has run out; whose lease has run out can neither finish nor fail it any more.
 */
export async function createPostgresQueue({ databaseUrl, log, poolSize = 8 }) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolSize, connectionTimeoutMillis: 5000 })
  pool.on('error', (error) => log('warn', 'a database connection was lost', { error: error.message }))
  await migrate(pool)
  const added = listenForAdded({ databaseUrl, log })
  const one = async (text, values) => (await pool.query(text, values)).rows[0]
  const changed = async (text, values) => (await pool.query(text, values)).rowCount === 1

  return {
    async ready() {
      await pool.query('select 1')
    },
    async add({ kind, payload = {}, key = null, runAt = null, maxAttempts = 5 }) {
      const made = await one(
        `insert into job (kind, payload, key, run_at, max_attempts) values ($1, $2, $3, coalesce($4, now()), $5) on conflict (key) do nothing returning *`,
        [kind, JSON.stringify(payload), key, runAt === null ? null : new Date(runAt), maxAttempts],
      )
      if (!made) return { ...view(await one('select * from job where key = $1', [key])), isNew: false }
      await pool.query(`select pg_notify('${CHANNEL}', '')`)
      return { ...view(made), isNew: true }
    },
    async take({ limit, leaseMs, kinds }) {
      // A job that takes its worker down with it must end too.
      await pool.query(`update job set state = 'dead', finished_at = now(), error = 'its worker died' where state = 'running' and locked_until <= now() and attempts >= max_attempts`)
      const { rows } = await pool.query(
        `with due as (
           select id from job
           where kind = any($3) and ((state = 'ready' and run_at <= now()) or (state = 'running' and locked_until <= now()))
           order by run_at, id limit $1 for update skip locked
         )
         update job set state = 'running', attempts = attempts + 1, locked_until = now() + $2 * interval '1 millisecond'
         from due where job.id = due.id returning job.*`,
        [limit, leaseMs, kinds],
      )
      return rows.map(view)
    },
    async extend(id, attempt, leaseMs) {
      return await changed(`update job set locked_until = now() + $3 * interval '1 millisecond' where id = $1 and state = 'running' and attempts = $2`, [id, attempt, leaseMs])
    },
    async finish(id, attempt, result) {
      return await changed(`update job set state = 'done', result = $3, error = null, finished_at = now() where id = $1 and state = 'running' and attempts = $2`, [id, attempt, JSON.stringify(result)])
    },
    async fail(id, attempt, message, { state, delayMs = 0 }) {
      return await changed(
        `update job set state = $4, error = $3, run_at = now() + $5 * interval '1 millisecond', finished_at = case when $4 = 'dead' then now() end
         where id = $1 and state = 'running' and attempts = $2`,
        [id, attempt, message.slice(0, 2000), state, delayMs],
      )
    },
    async revive(id) {
      const isRevived = await changed(`update job set state = 'ready', attempts = 0, run_at = now(), finished_at = null where id = $1 and state = 'dead'`, [id])
      if (isRevived) await pool.query(`select pg_notify('${CHANNEL}', '')`)
      return isRevived
    },
    async find(id) {
      const row = await one('select * from job where id = $1', [id])
      return row && view(row)
    },
    async list({ state, limit }) {
      const { rows } = await pool.query('select * from job where $1::text is null or state = $1 order by id desc limit $2', [state ?? null, limit])
      return rows.map(view)
    },
    async counts() {
      const { rows } = await pool.query('select state, count(*)::int as count from job group by state')
      return { ready: 0, running: 0, done: 0, dead: 0, ...Object.fromEntries(rows.map((row) => [row.state, row.count])) }
    },
    async forget(before) {
      await pool.query(`delete from job where state = 'done' and finished_at < $1`, [new Date(before)])
    },
    onAdded: added.onAdded,
    async close() {
      await added.close()
      await pool.end()
    },
  }
}

/** Tells of new jobs at once. Without the connection jobs are still found, by looking; so it is only tried again. */
function listenForAdded({ databaseUrl, log }) {
  const listeners = new Set()
  let client
  let timer
  let isClosed = false
  const connect = async () => {
    const mine = new pg.Client({ connectionString: databaseUrl })
    client = mine
    mine.on('notification', () => listeners.forEach((listener) => listener()))
    mine.on('error', (error) => log('warn', 'news of jobs come late for now', { error: error.message }))
    mine.on('end', () => {
      if (!isClosed) timer = setTimeout(() => void connect(), 2000)
    })
    await mine
      .connect()
      .then(() => mine.query(`listen ${CHANNEL}`))
      .catch((error) => {
        log('warn', 'news of jobs come late for now', { error: error.message })
        return mine.end().catch(() => {})
      })
  }
  void connect()
  return {
    onAdded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}

async function migrate(pool) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(4202)')
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

function view(row) {
  return {
    id: row.id, kind: row.kind, payload: row.payload, key: row.key, state: row.state, attempts: row.attempts, maxAttempts: row.max_attempts,
    runAt: row.run_at, createdAt: row.created_at, finishedAt: row.finished_at, result: row.result, error: row.error,
  }
}
