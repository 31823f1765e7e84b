import { sql } from 'kysely'
import type { Transaction } from '#kernel/node/database'
import type { Alteration, AlterationListener } from '#platform/catalog'

const KINDS = { added: 'a', altered: 'c', removed: 'r' } as const

/** Keeps what an ingestion altered, in its transaction: what was before, and one row of a few bytes for what is new. */
export class HistoryListener implements AlterationListener {
  /** The row of an ingestion, which is told of part by part. */
  readonly #ingestions = new WeakMap<Transaction, { id: number; cause: string }>()

  async record(tx: Transaction, items: readonly Alteration[]): Promise<void> {
    const [first] = items
    if (!first) return
    const ingestion = await this.#ingestionOf(tx, first)
    const befores = items.map(({ before }) => (before === null ? null : JSON.stringify(before)))
    await sql`
      insert into entity_change (ref, ingestion_id, kind, before)
      select t.ref, ${ingestion}, t.kind::"char", t.before
      from unnest(${items.map(({ ref }) => ref)}::text[], ${items.map(({ kind }) => KINDS[kind])}::text[], ${befores}::text[]) with ordinality as t (ref, kind, before, place)
      order by t.place`.execute(tx)
  }

  async #ingestionOf(tx: Transaction, { at, actor, commit, changeId, source }: Alteration): Promise<number> {
    const cause = JSON.stringify([at, actor, commit, changeId, source])
    const known = this.#ingestions.get(tx)
    if (known?.cause === cause) return known.id
    // Clocks of several processes may differ: an ingestion is never before one that it follows.
    const { rows } = await sql<{ id: number }>`
      insert into entity_ingestion (at, actor, commit_sha, change_id, source)
      values (greatest(${at}::timestamptz, (select max(at) from entity_ingestion)), ${actor}, ${commit}, ${changeId ?? null}, ${source}) returning id`.execute(
      tx,
    )
    const id = rows[0]?.id ?? 0
    this.#ingestions.set(tx, { id, cause })
    return id
  }
}
