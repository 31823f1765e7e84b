import type { ApplyContext, PlannedAction } from '#kernel/common/driver'
import { driverFaults } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'

type Tables = { rollout_effect: { driver: string; target: string; key: string } }

/** Remembers which key altered a target last. */
export interface Effects {
  /**
   * Begins an effect: its key is remembered from now on. `basis` is what the target is like now.
   * @throws `kernel.driver.stale` when the action was planned for another basis and the change since then was not this key's own.
   */
  begin(action: PlannedAction, context: Pick<ApplyContext, 'key'>, basis: string): Promise<void>
}

/** In Postgres, one row for each target. */
export class EffectStore implements Effects {
  readonly #tables

  constructor(db: Database) {
    this.#tables = db.withTables<Tables>()
  }

  async begin(action: PlannedAction, { key }: Pick<ApplyContext, 'key'>, basis: string): Promise<void> {
    const { driver, target } = action
    const last = await this.#tables.selectFrom('rollout_effect').select('key').where('driver', '=', driver).where('target', '=', target).executeTakeFirst()
    assertFresh(action, basis, last?.key === key)
    await this.#tables
      .insertInto('rollout_effect')
      .values({ driver, target, key })
      .onConflict((conflict) => conflict.columns(['driver', 'target']).doUpdateSet({ key }))
      .execute()
  }
}

/** For unit tests. */
export class MemoryEffects implements Effects {
  readonly #keys = new Map<string, string>()

  async begin(action: PlannedAction, { key }: Pick<ApplyContext, 'key'>, basis: string): Promise<void> {
    assertFresh(action, basis, this.#keys.get(`${action.driver} ${action.target}`) === key)
    this.#keys.set(`${action.driver} ${action.target}`, key)
  }
}

function assertFresh(action: PlannedAction, basis: string, isOwn: boolean): void {
  if (action.basis !== undefined && action.basis !== basis && !isOwn) throw driverFaults.stale({ target: action.target })
}
