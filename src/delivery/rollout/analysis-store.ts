import { sql } from 'kysely'
import type { Outcome } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import type { Counts } from './e-value.ts'

/** An analysis that was begun: what would be lost by a crash. */
export interface AnalysisRecord {
  startedAt: Date
  canaryProbes: Counts
  baselineProbes: Counts
  outcome: Outcome | null
}

type Tables = { rollout_analysis: { key: string; started_at: Date; canary_probes: unknown; baseline_probes: unknown; outcome: unknown } }

/** Analyses by the key of their effect, in Postgres; kept for 30 days. */
export class AnalysisStore {
  readonly #tables

  constructor(db: Database) {
    this.#tables = db.withTables<Tables>()
  }

  /** The record of the key, begun at `now` when there is none. */
  async begin(key: string, now: Date): Promise<AnalysisRecord> {
    await this.#tables
      .deleteFrom('rollout_analysis')
      .where('started_at', '<', new Date(now.getTime() - 30 * 86_400_000))
      .execute()
    const none = JSON.stringify({ requests: 0, errors: 0 })
    await this.#tables
      .insertInto('rollout_analysis')
      .values({ key, started_at: now, canary_probes: none, baseline_probes: none, outcome: null })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute()
    const row = await this.#tables.selectFrom('rollout_analysis').selectAll().where('key', '=', key).executeTakeFirstOrThrow()
    return {
      startedAt: row.started_at,
      canaryProbes: row.canary_probes as Counts,
      baselineProbes: row.baseline_probes as Counts,
      outcome: row.outcome as Outcome | null,
    }
  }

  async saveProbes(key: string, canary: Counts, baseline: Counts): Promise<void> {
    await this.#tables
      .updateTable('rollout_analysis')
      .set({ canary_probes: JSON.stringify(canary), baseline_probes: JSON.stringify(baseline) })
      .where('key', '=', key)
      .execute()
  }

  /** Keeps the first outcome. */
  async finish(key: string, outcome: Outcome): Promise<void> {
    await this.#tables
      .updateTable('rollout_analysis')
      .set({ outcome: sql`${JSON.stringify(outcome)}::jsonb` })
      .where('key', '=', key)
      .where('outcome', 'is', null)
      .execute()
  }
}
