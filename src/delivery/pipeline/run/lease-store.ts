import { sql } from 'kysely'
import type { Database, Queryable, Transaction } from '#kernel/node/database'
import { pipelineFaults } from '../pipeline-faults.ts'
import { toRunRecord } from './run-rows.ts'
import { findRunRow, LEASE_MS } from './run-store.ts'
import type { RunRecord } from './run.ts'

/**
 * Takes the oldest run that waits, or whose executor is silent, for `executor`. A run whose concurrency group is busy stays.
 * Of executors that ask at once, each gets another run.
 */
export async function claimRun(db: Database, executor: string, now: Date): Promise<RunRecord | undefined> {
  return await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update pipeline_run set executor = ${executor}, lease_until = ${leaseUntil(now)}
      where id = (
        select r.id from pipeline_run r
        where r.state <> 'completed' and (r.lease_until is null or r.lease_until < ${now})
          and (r.concurrency_group is null or r.executor is not null or not exists (
            select 1 from pipeline_run o
            where o.repository = r.repository and o.concurrency_group = r.concurrency_group and o.id <> r.id and o.state <> 'completed'
              and (o.executor is not null or o.id < r.id)))
        order by r.created_at, r.id limit 1 for update skip locked)
      returning id`.execute(tx)
    const id = rows[0]?.id
    const row = id === undefined ? undefined : await findRunRow(tx, id)
    return row && toRunRecord(row)
  })
}

/**
 * Extends the leases of the runs that an executor carries; one that it dropped is left to end, so that somebody takes it up.
 * @returns the runs that are still its own, with whether somebody asked to cancel.
 */
export async function renewLeases(db: Database, executor: string, ids: readonly string[], now: Date): Promise<{ id: string; isCancelRequested: boolean }[]> {
  const { rows } = await sql<{ id: string; is_cancel_requested: boolean }>`
    update pipeline_run set lease_until = ${leaseUntil(now)} where executor = ${executor} and id = any(${[...ids]}) and state <> 'completed'
    returning id, cancel_requested_at is not null as is_cancel_requested`.execute(db)
  return rows.map((row) => ({ id: row.id, isCancelRequested: row.is_cancel_requested }))
}

/** Gives up a run so that anybody may take it at once. The executor stays named: it keeps its place in its concurrency group. */
export async function releaseRun(db: Database, executor: string, id: string): Promise<void> {
  await sql`update pipeline_run set lease_until = null where id = ${id} and executor = ${executor}`.execute(db)
}

/** Executors that hold runs. Those that are known to be dead need not be waited for. */
export async function listExecutors(db: Database): Promise<string[]> {
  const { rows } = await sql<{ executor: string }>`
    select distinct executor from pipeline_run where state <> 'completed' and executor is not null and lease_until is not null`.execute(db)
  return rows.map((row) => row.executor)
}

/** Ends the leases of an executor that is known to be dead. */
export async function expireExecutor(db: Database, executor: string): Promise<void> {
  await sql`update pipeline_run set lease_until = null where executor = ${executor} and state <> 'completed'`.execute(db)
}

/** The fence: called first in every transaction that writes for a run, so that one whose run was taken over writes nothing. @throws `delivery.pipeline.lease_lost`. */
export async function assertLease(tx: Transaction | Queryable, executor: string, runId: string): Promise<void> {
  const { rows } = await sql`select 1 from pipeline_run where id = ${runId} and executor = ${executor} and state <> 'completed' for update`.execute(tx)
  if (rows.length === 0) throw pipelineFaults.lease_lost({ id: runId })
}

function leaseUntil(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS)
}
