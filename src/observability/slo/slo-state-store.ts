import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { SloState, SloStatus } from './slo-status.ts'

interface SloStateTable {
  component: string
  environment: string
  name: string
  state: SloState
  since: Date
}

/** Remembers the state of each objective, and records each change of it as `observability.slo.state_changed` in the same transaction. */
export class SloStateStore {
  readonly #deps: { db: Database; journal: Journal; clock: Clock }

  constructor(deps: { db: Database; journal: Journal; clock: Clock }) {
    this.#deps = deps
  }

  async list(): Promise<SloStateTable[]> {
    return await this.#deps.db.withTables<{ slo_state: SloStateTable }>().selectFrom('slo_state').selectAll().execute()
  }

  /** Keeps the new state. Of two at once, one records the change. @returns whether it was a change. */
  async change(status: SloStatus): Promise<boolean> {
    const { component, environment, name, state } = status
    return await this.#deps.db.transaction().execute(async (tx) => {
      const tables = tx.withTables<{ slo_state: SloStateTable }>()
      const since = this.#deps.clock.now()
      await sql`select pg_advisory_xact_lock(hashtextextended(${`slo/${component}/${environment}/${name}`}, 0))`.execute(tx)
      const before = await tables
        .selectFrom('slo_state')
        .select('state')
        .where('component', '=', component)
        .where('environment', '=', environment)
        .where('name', '=', name)
        .executeTakeFirst()
      if (before?.state === state) return false
      await tables
        .insertInto('slo_state')
        .values({ component, environment, name, state, since })
        .onConflict((conflict) => conflict.columns(['component', 'environment', 'name']).doUpdateSet({ state, since }))
        .execute()
      // An objective that is new and has nothing to tell is no event.
      if (!before && (state === 'ok' || state === 'no-data')) return true
      await this.#deps.journal.append(tx, {
        type: 'observability.slo.state_changed',
        subject: `slo/${component}/${environment}/${name}`,
        actor: 'system:fairway',
        data: {
          component,
          environment,
          slo: name,
          from: before?.state ?? null,
          to: state,
          budgetRemaining: status.budget.remaining,
          firing: status.burnRates
            .filter((burn) => burn.isFiring)
            .map((burn) => ({ window: burn.window, severity: burn.severity, rate: burn.rate, threshold: burn.threshold })),
        },
      })
      return true
    })
  }
}
