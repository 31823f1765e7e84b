import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { ChangeDeps } from './change-deps.ts'
import { WORKFLOW_SCHEMA } from './change-store.ts'
import { changeTables } from './change-tables.ts'
import { FenceLost, lockForExecution, type Execution } from './change-write.ts'
import { endChange } from './end-change.ts'
import { listStranded, strandedResult } from './stranded.ts'

/** States in which an execution that ends without a finished step is suspicious. Waiting for people is not. */
const BUSY = ['planning', 'checking', 'applying', 'verifying', 'rolling_back'] as const

/**
 * Begins an execution: takes the next fencing token, so that every earlier execution of this change writes nothing from now on.
 * Only the executor that the workflow engine gave the work to gets one. @throws {FenceLost}
 */
export async function beginExecution(db: Database, id: string, executorId: string): Promise<Execution> {
  const row = await changeTables(db)
    .updateTable('change')
    .set({ epoch: sql<number>`epoch + 1`, stalls: sql<number>`stalls + case when state in (${sql.join([...BUSY])}) then 1 else 0 end` })
    .where('id', '=', id)
    .where(
      sql<boolean>`exists (select from ${sql.table(`${WORKFLOW_SCHEMA}.workflow_status`)} where workflow_uuid = ${id} and executor_id = ${executorId} and status = 'PENDING')`,
    )
    .returning('epoch')
    .executeTakeFirst()
  if (!row) throw new FenceLost(id)
  return { id, epoch: row.epoch }
}

/** A stop that was asked for is nothing to hold against a change. */
export async function forgiveStalls(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await changeTables(db)
      .updateTable('change')
      .set({ stalls: 0 })
      .where('id', 'in', [...ids])
      .execute()
}

/** Ends changes that no workflow will ever end, so that every change ends and nothing is locked for ever. */
export async function failStranded(deps: ChangeDeps): Promise<void> {
  for (const stranded of await listStranded(deps.db)) {
    deps.log.error('a change lost its workflow and is ended as failed', { change: stranded.id, code: stranded.workflow })
    await deps.db.transaction().execute(async (tx) => {
      const claim = await changeTables(tx)
        .updateTable('change')
        .set({ epoch: sql<number>`epoch + 1` })
        .where('id', '=', stranded.id)
        .where('finished_at', 'is', null)
        .returning('epoch')
        .executeTakeFirst()
      if (!claim) return
      const execution = { id: stranded.id, epoch: claim.epoch }
      const row = await lockForExecution(tx, execution)
      const context = { deps, execution, cancel: new AbortController(), stop: new AbortController().signal }
      await endChange(tx, context, row, { state: 'failed', result: strandedResult(stranded) })
    })
  }
}
