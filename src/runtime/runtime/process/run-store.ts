import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { WorkloadRef } from '../runtime.ts'
import { workloadKey } from '../workload-spec.ts'

/** How long runs are remembered; the newest of a place always is. */
const KEPT_DAYS = 90

/** One run of a scheduled workload. */
export interface RecordedRun {
  scheduledAt: Date
  startedAt: Date
  endedAt: Date | null
  /** Why it did not end well; null while it lasts, and when it did. */
  exit: string | null
}

type RunTables = {
  workload: { key: string; updated_at: Date }
  workload_run: {
    component: string
    environment: string
    scheduled_at: Date
    release: string
    instance: string
    started_at: Date
    ended_at: Date | null
    exit: string | null
  }
}

/** Runs of scheduled workloads in Postgres. A run is claimed by its time: whoever writes its row first does it, whichever release, replica or platform. */
export class RunStore {
  readonly #tables

  constructor(db: Database) {
    this.#tables = db.withTables<RunTables>()
  }

  /** Times up to this one have been seen to: the newest run of the place, or when the workload was asked for, whichever is later. */
  async seenUntil(ref: WorkloadRef): Promise<Date | undefined> {
    const [run, workload] = await Promise.all([
      this.#tables
        .selectFrom('workload_run')
        .select('scheduled_at')
        .where('component', '=', ref.component)
        .where('environment', '=', ref.environment)
        .orderBy('scheduled_at', 'desc')
        .limit(1)
        .executeTakeFirst(),
      this.#tables.selectFrom('workload').select('updated_at').where('key', '=', workloadKey(ref)).executeTakeFirst(),
    ])
    const times = [run?.scheduled_at, workload?.updated_at].filter((time) => time !== undefined).map((time) => time.getTime())
    return times.length === 0 ? undefined : new Date(Math.max(...times))
  }

  /** @returns whether the run of this time is the caller's to do. */
  async claim(ref: WorkloadRef, run: { scheduledAt: Date; instance: string; startedAt: Date }): Promise<boolean> {
    const { component, environment, release } = ref
    const { numInsertedOrUpdatedRows } = await this.#tables
      .insertInto('workload_run')
      .values({ component, environment, release, scheduled_at: run.scheduledAt, instance: run.instance, started_at: run.startedAt, ended_at: null, exit: null })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows === 1n
  }

  /** Writes how the run that a replica has begun ended. */
  async finish(instance: string, endedAt: Date, exit: string | null): Promise<void> {
    await this.#tables.updateTable('workload_run').set({ ended_at: endedAt, exit }).where('instance', '=', instance).where('ended_at', 'is', null).execute()
  }

  /** The newest run that a replica has begun. */
  async newest(instance: string): Promise<RecordedRun | undefined> {
    const row = await this.#tables
      .selectFrom('workload_run')
      .selectAll()
      .where('instance', '=', instance)
      .orderBy('scheduled_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row && { scheduledAt: row.scheduled_at, startedAt: row.started_at, endedAt: row.ended_at, exit: row.exit }
  }

  async forgetOld(): Promise<void> {
    await sql`delete from workload_run r where started_at < now() - ${KEPT_DAYS} * interval '1 day' and exists (
      select 1 from workload_run n where n.component = r.component and n.environment = r.environment and n.scheduled_at > r.scheduled_at)`.execute(this.#tables)
  }
}
