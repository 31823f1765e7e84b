import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import { WORKFLOW_SCHEMA } from './change-store.ts'
import { LEASE_KEY } from './executor-lease.ts'

/** Key of the advisory lock that lets one executor at a time take over work. */
const SWEEP_LOCK = 7_007_020

export interface TakeoverDeps {
  db: Database
  log: Logger
  executorId: string
  queue: string
  /** True when this process runs the change now. */
  isRunningHere(changeId: string): boolean
  /** Puts workflows back on the queue; their former execution is fenced by that. */
  resume(changeIds: string[]): Promise<void>
}

interface Pending {
  id: string
  executor: string
}

/**
 * Finds work that nobody does and puts it back on the queue: work of executors whose lease is free, and work that this executor claimed
 * but does not run (the database went away between the two). Call it every second; a pass without such work is one small query.
 */
export function createTakeover(deps: TakeoverDeps): () => Promise<void> {
  let suspects = new Set<string>()

  return async () => {
    const pending = await listPending(deps)
    const foreign = pending.filter((workflow) => workflow.executor !== deps.executorId)
    if (foreign.length > 0) await takeOver(deps, [...new Set(foreign.map((workflow) => workflow.executor))])

    // A claim is dispatched within moments: what is still not run on the second look never will be.
    const idle = pending.filter((workflow) => workflow.executor === deps.executorId && !deps.isRunningHere(workflow.id)).map((workflow) => workflow.id)
    const stranded = idle.filter((id) => suspects.has(id))
    suspects = new Set(idle.filter((id) => !stranded.includes(id)))
    if (stranded.length === 0) return
    deps.log.warn('changes were claimed but are not carried on; they go back to the queue', { count: stranded.length })
    await deps.resume(stranded)
  }
}

async function listPending(deps: TakeoverDeps): Promise<Pending[]> {
  const { rows } = await sql<Pending>`select workflow_uuid as id, executor_id as executor from ${sql.table(`${WORKFLOW_SCHEMA}.workflow_status`)}
    where status = 'PENDING' and queue_name = ${deps.queue} limit 5000`.execute(deps.db)
  return rows
}

/** The locks of the dead are held until their work is on the queue, so that a slow start of one of them waits for us. */
async function takeOver(deps: TakeoverDeps, executors: readonly string[]): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const sweep = await sql<{ isMine: boolean }>`select pg_try_advisory_xact_lock(${sql.lit(SWEEP_LOCK)}) as "isMine"`.execute(tx)
    if (sweep.rows[0]?.isMine !== true) return
    const dead = await sql<{ executor: string }>`select executor from unnest(${executors}::text[]) as executor
      where pg_try_advisory_xact_lock(${sql.raw(LEASE_KEY('executor'))})`.execute(tx)
    if (dead.rows.length === 0) return
    const left = await sql<Pending>`select workflow_uuid as id, executor_id as executor from ${sql.table(`${WORKFLOW_SCHEMA}.workflow_status`)}
      where status = 'PENDING' and queue_name = ${deps.queue} and executor_id = any(${dead.rows.map((row) => row.executor)}::text[])`.execute(tx)
    if (left.rows.length === 0) return
    await deps.resume(left.rows.map((row) => row.id))
    deps.log.info('took over the changes of an executor that is gone', { count: left.rows.length })
  })
}
