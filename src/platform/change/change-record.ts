import type { JsonObject } from '#kernel/common/json'
import type { Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { ChangeRow } from './change-tables.ts'

/** Who acts when the platform carries a change on by itself. */
export const PLATFORM_ACTOR = 'system:fairway'

export type ChangeEventName =
  | 'requested'
  | 'planned'
  | 'waiting'
  | 'approved'
  | 'rejected'
  | 'applying'
  | 'verifying'
  | 'step_finished'
  | 'rolling_back'
  | 'cancelling'
  | 'finished'

/** Appends `platform.change.<name>` in the transaction that made it true. */
export async function recordChange(
  journal: Journal,
  tx: Transaction,
  change: Pick<ChangeRow, 'id' | 'kind' | 'title' | 'component' | 'environment' | 'release'>,
  name: ChangeEventName,
  actor: string,
  data: JsonObject = {},
): Promise<void> {
  await journal.append(tx, {
    type: `platform.change.${name}`,
    subject: `change/${change.id}`,
    actor,
    data: {
      kind: change.kind,
      title: change.title,
      component: change.component,
      environment: change.environment,
      ...(change.release === null ? {} : { release: change.release.id, version: change.release.version }),
      ...data,
    },
  })
}
