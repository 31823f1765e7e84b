import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { DBOS, type DBOSConfig } from '@dbos-inc/dbos-sdk'
import { sql } from 'kysely'
import pg from 'pg'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import type { ChangeDeps } from './change-deps.ts'
import { beginExecution, failStranded, forgiveStalls } from './execution.ts'
import { createChangeSteps } from './change-steps.ts'
import { holdExecutorLease } from './executor-lease.ts'
import { interpretChange, type Durable } from './interpreter.ts'
import { Abandoned, whileDatabaseRecovers } from './patience.ts'
import { createTakeover } from './takeover.ts'
import { WORKFLOW_SCHEMA } from './change-store.ts'
import { CHANGE_WORKFLOW } from './change-workflow-name.ts'

/** How often dead executors are looked for. */
const SWEEP_INTERVAL_MS = 1_000
/** How soon a new change is picked up, at the latest. */
const QUEUE_POLL_MS = 100

export interface ChangeEngineDeps extends ChangeDeps {
  databaseUrl: string
  /** Most connections to the database that the workflow engine opens. 8 unless told. */
  poolSize?: number
}

/** The running engine. Disposing it stops taking work; what runs is left as it is, and goes on under the same keys elsewhere or after the next start. */
export interface ChangeEngine extends AsyncDisposable {
  executorId: string
  /** Tells a change that runs in this process of its cancellation at once, rather than with its next look. */
  interrupt(changeId: string): void
}

/** What the registered workflow does in this process; one engine a process. */
let active: ((changeId: string) => Promise<void>) | undefined
let isRegistered = false

/**
 * Starts carrying out changes in this process. Work that a killed predecessor left is picked up at once.
 * The workflow engine's tables live in the schema `dbos` of the same database; they are made and migrated here.
 */
export async function startChangeEngine(deps: ChangeEngineDeps): Promise<ChangeEngine> {
  if (active) throw new Error('there is one change engine in a process')
  const executorId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`
  const log = deps.log.with({ feature: 'change' })
  const stop = new AbortController()
  const running = new Map<string, AbortController>()

  active = async (changeId) => await carryOn({ ...deps, log }, executorId, stop.signal, running, changeId)
  if (!isRegistered) {
    DBOS.registerWorkflow(async (changeId: string) => await active?.(changeId), { name: CHANGE_WORKFLOW.name, maxRecoveryAttempts: 1_000_000 })
    isRegistered = true
  }
  const pool = openPool(deps, log)
  const lease = await holdExecutorLease({ databaseUrl: deps.databaseUrl, executorId, clock: deps.clock, log })
  try {
    const config = {
      name: CHANGE_WORKFLOW.application,
      systemDatabaseUrl: deps.databaseUrl,
      systemDatabaseSchemaName: WORKFLOW_SCHEMA,
      applicationVersion: CHANGE_WORKFLOW.version,
      executorID: executorId,
      listenQueues: [CHANGE_WORKFLOW.queue],
      logger: quietly(log),
    }
    if (!(await hasWorkflowSchema(deps.db))) await makeWorkflowSchema({ ...config, listenQueues: [] }, openPool(deps, log, '-c synchronous_commit=off'))
    DBOS.setConfig({ ...config, systemDatabasePool: pool })
    await DBOS.launch()
    await ensureQueue(deps)
  } catch (error) {
    active = undefined
    await lease[Symbol.asyncDispose]()
    await pool.end()
    throw error
  }
  const takeOver = createTakeover({
    db: deps.db,
    log,
    executorId,
    queue: CHANGE_WORKFLOW.queue,
    isRunningHere: (id) => running.has(id),
    resume: async (ids) => void (await DBOS.resumeWorkflows(ids, { queueName: CHANGE_WORKFLOW.queue })),
  })
  let round = 0
  const sweeper = startLoop({
    name: 'takeover of changes',
    intervalMs: SWEEP_INTERVAL_MS,
    log,
    work: async () => {
      await takeOver()
      if (round++ % 10 === 0) await failStranded(deps)
    },
  })
  return {
    executorId,
    interrupt: (changeId) => running.get(changeId)?.abort(),
    [Symbol.asyncDispose]: async () => {
      await sweeper[Symbol.asyncDispose]()
      const left = [...running.keys()]
      stop.abort()
      await forgiveStalls(deps.db, left).catch(() => {})
      await DBOS.shutdown()
      await pool.end()
      active = undefined
      await lease[Symbol.asyncDispose]()
    },
  }
}

async function carryOn(deps: ChangeDeps, executorId: string, stop: AbortSignal, running: Map<string, AbortController>, changeId: string): Promise<void> {
  const cancel = new AbortController()
  running.set(changeId, cancel)
  try {
    const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await whileDatabaseRecovers({
          clock: deps.clock,
          stop,
          work,
          onWait: (error) => deps.log.warn('a change waits for the database', { change: changeId, error }),
        })
      } catch (error) {
        // Neither a result nor an error may be recorded for a step that was cut off by the stop: it is run again after the next start.
        if (error instanceof Abandoned) return await new Promise<never>(() => {})
        throw error
      }
    }
    const execution = await patiently(async () => await beginExecution(deps.db, changeId, executorId))
    const steps = createChangeSteps({ deps, execution, cancel, stop })
    const durable: Durable = {
      step: async (name, work) => await DBOS.runStep(async () => await patiently(work), { name }),
      waitForDecision: async (timeoutSeconds) => void (await DBOS.recv('decision', { timeoutSeconds })),
    }
    await interpretChange(durable, steps)
  } finally {
    if (running.get(changeId) === cancel) running.delete(changeId)
  }
}

async function hasWorkflowSchema(db: ChangeDeps['db']): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select to_regclass(${`${WORKFLOW_SCHEMA}.workflow_status`}) is not null as found`.execute(db)
  return rows[0]?.found === true
}

/**
 * The workflow engine makes its schema in about 120 transactions. Not waiting for the disk after each is three times as fast, and safe: after a
 * crash the last ones are made again. Work is never done so: this launch takes none, and ends. (`DBOS.migrate` would talk to stdout.)
 */
async function makeWorkflowSchema(config: DBOSConfig, pool: pg.Pool): Promise<void> {
  try {
    DBOS.setConfig({ ...config, systemDatabasePool: pool })
    await DBOS.launch()
    await registerQueue()
    await DBOS.shutdown()
  } finally {
    await pool.end()
  }
}

/** The workflow engine's connections. Those that break are replaced, and logged. */
function openPool(deps: ChangeEngineDeps, log: Logger, options?: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: deps.databaseUrl,
    max: deps.poolSize ?? 8,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    application_name: 'fairway-workflows',
    ...(options === undefined ? {} : { options }),
  })
  pool.on('error', (error) => log.warn('a connection of the workflow engine was lost', { error }))
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

async function registerQueue(): Promise<void> {
  await DBOS.registerQueue(CHANGE_WORKFLOW.queue, { minPollingIntervalMs: QUEUE_POLL_MS, onConflict: 'always_update' })
}

/** Registers the queue, unless it is there with the same settings: then nothing is written. */
async function ensureQueue(deps: ChangeDeps): Promise<void> {
  const { rows } = await sql<{ found: number }>`select 1 as found from ${sql.table(`${WORKFLOW_SCHEMA}.queues`)} where name = ${CHANGE_WORKFLOW.queue}`.execute(
    deps.db,
  )
  if (rows.length > 0) return
  await registerQueue()
}

/** The workflow engine's own talk goes to debug; its warnings stay warnings. */
function quietly(log: Logger): { info(e: unknown): void; debug(e: unknown): void; warn(e: unknown): void; error(e: unknown): void } {
  const text = (entry: unknown): string => (entry instanceof Error ? entry.message : String(entry))
  return {
    info: (entry) => log.debug(text(entry)),
    debug: () => {},
    warn: (entry) => log.warn(text(entry)),
    error: (entry) => log.error(text(entry), entry instanceof Error ? { error: entry } : {}),
  }
}
