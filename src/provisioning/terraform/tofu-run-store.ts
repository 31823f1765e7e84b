import { sql } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable } from '#kernel/node/database'

/** One effect of the driver, by its idempotency key. */
export interface TofuRun {
  key: string
  target: string
  input: JsonObject
  credentialId: string | null
  outputs: JsonObject | null
  finishedAt: Date | null
}

const COLUMNS = sql`key, target, input, credential_id as "credentialId", outputs, finished_at as "finishedAt"`

export async function findRun(db: Queryable, key: string): Promise<TofuRun | undefined> {
  const { rows } = await sql<TofuRun>`select ${COLUMNS} from tofu_run where key = ${key}`.execute(db)
  return rows[0]
}

/** The last run that was begun for a target. */
export async function findLastRun(db: Queryable, target: string): Promise<TofuRun | undefined> {
  const { rows } = await sql<TofuRun>`select ${COLUMNS} from tofu_run where target = ${target} order by started_at desc limit 1`.execute(db)
  return rows[0]
}

/** Notes that a run begins, or begins again, with this credential. */
export async function beginRun(db: Queryable, run: { key: string; target: string; input: JsonObject; credentialId: string; at: Date }): Promise<void> {
  await sql`insert into tofu_run (key, target, input, credential_id, started_at) values (${run.key}, ${run.target}, ${JSON.stringify(run.input)}::json, ${run.credentialId}, ${run.at})
    on conflict (key) do update set credential_id = excluded.credential_id`.execute(db)
}

export async function finishRun(db: Queryable, key: string, outputs: JsonObject, at: Date): Promise<void> {
  await sql`update tofu_run set outputs = ${JSON.stringify(outputs)}::json, finished_at = ${at}, credential_id = null where key = ${key}`.execute(db)
}

export async function forgetRuns(db: Queryable, target: string): Promise<void> {
  await sql`delete from tofu_run where target = ${target}`.execute(db)
}
