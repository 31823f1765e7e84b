import { sql, type Selectable } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { WorkloadRef, WorkloadSpec } from '../runtime.ts'
import { fingerprintOf, parseWorkloadSpec, templateOf, workloadKey } from '../workload-spec.ts'

/** What was asked for last. */
export interface DesiredWorkload {
  spec: WorkloadSpec
  desired: 'running' | 'stopped'
  /** Grows with each change that replaces the replicas. */
  generation: number
}

/** What is recorded of a replica, so that a later platform finds it. */
export interface InstanceRow {
  id: string
  generation: number
  pid: number | null
  processStart: string | null
  port: number | null
  restarts: number
  lastExit: string | null
  startedAt: Date
}

type WorkloadTables = {
  workload: {
    key: string
    component: string
    environment: string
    release: string
    spec: unknown
    desired: 'running' | 'stopped'
    generation: number
    updated_at: Date
  }
  workload_instance: {
    id: string
    workload_key: string
    generation: number
    pid: number | null
    process_start: string | null
    port: number | null
    restarts: number
    last_exit: string | null
    started_at: Date
  }
}

/** Desired workloads and their replicas in Postgres. */
export class WorkloadStore {
  readonly #db: Database
  readonly #tables
  readonly #journal: Journal

  constructor(db: Database, journal: Journal) {
    this.#db = db
    this.#tables = db.withTables<WorkloadTables>()
    this.#journal = journal
  }

  /** Records what should run. Of the same wish again nothing is written. */
  async saveRunning(spec: WorkloadSpec): Promise<DesiredWorkload> {
    const key = workloadKey(spec.ref)
    return await this.#db.transaction().execute(async (tx) => {
      const tables = tx.withTables<WorkloadTables>()
      const row = await tables.selectFrom('workload').selectAll().where('key', '=', key).forUpdate().executeTakeFirst()
      const before = row && toDesired(row)
      if (before && before.desired === 'running' && fingerprintOf(before.spec) === fingerprintOf(spec)) return before
      const isSameTemplate = before !== undefined && templateOf(before.spec) === templateOf(spec)
      const generation = before === undefined ? 1 : isSameTemplate ? before.generation : before.generation + 1
      const values = { spec: JSON.stringify(spec), desired: 'running' as const, generation, updated_at: sql<Date>`now()` }
      await tables
        .insertInto('workload')
        .values({ key, ...spec.ref, ...values })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
        .execute()
      await this.#journal.append(tx, {
        type: 'runtime.workload.ensured',
        subject: `workload/${key}`,
        actor: 'system:fairway',
        data: { ...spec.ref, version: spec.labels.version, replicas: spec.replicas },
      })
      return { spec, desired: 'running', generation }
    })
  }

  /** @returns whether it was running until now. */
  async saveStopped(ref: WorkloadRef): Promise<boolean> {
    const key = workloadKey(ref)
    return await this.#db.transaction().execute(async (tx) => {
      const tables = tx.withTables<WorkloadTables>()
      const changed = await tables
        .updateTable('workload')
        .set({ desired: 'stopped', updated_at: sql<Date>`now()` })
        .where('key', '=', key)
        .where('desired', '=', 'running')
        .executeTakeFirst()
      if (changed.numUpdatedRows === 0n) return false
      await this.#journal.append(tx, { type: 'runtime.workload.stopped', subject: `workload/${key}`, actor: 'system:fairway', data: { ...ref } })
      return true
    })
  }

  /** Asks for new replicas of the same spec. Undefined: it does not run. */
  async saveRestart(ref: WorkloadRef, actor: string): Promise<DesiredWorkload | undefined> {
    const key = workloadKey(ref)
    return await this.#db.transaction().execute(async (tx) => {
      const tables = tx.withTables<WorkloadTables>()
      const row = await tables
        .updateTable('workload')
        .set((expression) => ({ generation: expression('generation', '+', 1), updated_at: sql<Date>`now()` }))
        .where('key', '=', key)
        .where('desired', '=', 'running')
        .returningAll()
        .executeTakeFirst()
      if (!row) return undefined
      await this.#journal.append(tx, { type: 'runtime.workload.restarted', subject: `workload/${key}`, actor, data: { ...ref } })
      return toDesired(row)
    })
  }

  /** Notes who asked a scheduled workload to run now. Undefined: it is not there. */
  async noteRun(ref: WorkloadRef, actor: string): Promise<DesiredWorkload | undefined> {
    const wanted = await this.find(ref)
    if (wanted?.desired !== 'running') return undefined
    await this.#db.transaction().execute(async (tx) => {
      await this.#journal.append(tx, { type: 'runtime.workload.restarted', subject: `workload/${workloadKey(ref)}`, actor, data: { ...ref } })
    })
    return wanted
  }

  async find(ref: WorkloadRef): Promise<DesiredWorkload | undefined> {
    const row = await this.#tables.selectFrom('workload').selectAll().where('key', '=', workloadKey(ref)).executeTakeFirst()
    return row && toDesired(row)
  }

  /** What should run, and what still has replicas although it should not. */
  async listAlive(): Promise<(DesiredWorkload & { instances: InstanceRow[] })[]> {
    const instances = await this.#tables.selectFrom('workload_instance').selectAll().orderBy('id').execute()
    const owners = [...new Set(instances.map((row) => row.workload_key))]
    const rows = await this.#tables
      .selectFrom('workload')
      .selectAll()
      .where((expression) => expression.or([expression('desired', '=', 'running'), ...(owners.length > 0 ? [expression('key', 'in', owners)] : [])]))
      .orderBy('key')
      .execute()
    return rows.map((row) => ({ ...toDesired(row), instances: instances.filter((instance) => instance.workload_key === row.key).map(toInstance) }))
  }

  async saveInstance(ref: WorkloadRef, instance: InstanceRow): Promise<void> {
    const { id, generation, ...rest } = instance
    const values = {
      pid: rest.pid,
      process_start: rest.processStart,
      port: rest.port,
      restarts: rest.restarts,
      last_exit: rest.lastExit,
      started_at: rest.startedAt,
    }
    await this.#tables
      .insertInto('workload_instance')
      .values({ id, workload_key: workloadKey(ref), generation, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute()
  }

  async removeInstance(id: string): Promise<void> {
    await this.#tables.deleteFrom('workload_instance').where('id', '=', id).execute()
  }

  /** Forgets workloads that were stopped before `limit`. @returns their refs. */
  async forgetStopped(limit: Date): Promise<WorkloadRef[]> {
    return await this.#tables
      .deleteFrom('workload')
      .where('desired', '=', 'stopped')
      .where('updated_at', '<', limit)
      .returning(['component', 'environment', 'release'])
      .execute()
  }
}

function toDesired(row: Selectable<WorkloadTables['workload']>): DesiredWorkload {
  return { spec: parseWorkloadSpec(row.spec), desired: row.desired, generation: row.generation }
}

function toInstance(row: Selectable<WorkloadTables['workload_instance']>): InstanceRow {
  return {
    id: row.id,
    generation: row.generation,
    pid: row.pid,
    processStart: row.process_start,
    port: row.port,
    restarts: row.restarts,
    lastExit: row.last_exit,
    startedAt: row.started_at,
  }
}
