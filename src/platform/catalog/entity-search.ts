import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'

/** One hit, ready to be shown. `href` is an address in the portal. */
export interface SearchHit {
  kind: string
  ref: string
  title: string
  summary: string
  href: string
}

/** What other features let people find: runs, changes, docs. `score` from 0 to 1; entities score in the same range. */
export interface SearchSource {
  search(query: { text: string; limit: number }): Promise<readonly (SearchHit & { score: number })[]>
}

/** How alike a word must be to count as a typo of another: 0 (anything) to 1 (the same). */
const SIMILARITY = 0.34

/**
 * Finds entities as one types: every word is a prefix; names weigh more than descriptions; a typo in a name is forgiven.
 * Kinds that people look for come before the platform's own ones.
 */
export async function searchEntities(db: Database, query: { text: string; limit: number }): Promise<(SearchHit & { score: number })[]> {
  const words =
    query.text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 8) ?? []
  if (words.length === 0) return []
  const prefixes = words.map((word) => `${word}:*`).join(' & ')
  const text = words.join(' ')
  return await db.transaction().execute(async (tx) => {
    await sql`select set_config('pg_trgm.word_similarity_threshold', ${String(SIMILARITY)}, true)`.execute(tx)
    const { rows } = await sql<{ ref: string; kind: string; namespace: string; name: string; title: string | null; description: string | null; score: number }>`
      select ref, document ->> 'kind' as kind, namespace, name, title, document #>> '{metadata,description}' as description,
        (case when lower(name) = ${text} then 1.0 when starts_with(lower(name), ${text}) then 0.6 else 0.0 end
          + ts_rank(words, to_tsquery('simple', ${prefixes})) + 0.5 * word_similarity(${text}, label)
          + case when kind in ('component', 'api', 'system', 'user', 'group', 'template') then 0.2 else 0.0 end) / 2.5 as score
      from entity
      where words @@ to_tsquery('simple', ${prefixes}) or ${text} <% label
      order by score desc, ref limit ${query.limit}`.execute(tx)
    return rows.map((row) => ({
      kind: row.kind,
      ref: row.ref,
      title: row.title ?? row.name,
      summary: row.description?.slice(0, 200) ?? row.ref,
      href: pageOf(row),
      score: row.score,
    }))
  })
}

/** The portal's page of an entity: components and templates have their own. */
function pageOf({ ref, namespace, name }: { ref: string; namespace: string; name: string }): string {
  const kind = ref.slice(0, ref.indexOf(':'))
  if (kind === 'component' && namespace === 'default') return `/components/${name}`
  return kind === 'template' ? `/create/${namespace}/${name}` : `/entities/${kind}/${namespace}/${name}`
}

/** Merges entities with the other sources, best first. A source that fails takes nothing from the others. */
export async function searchAll(db: Database, sources: readonly SearchSource[], query: { text: string; limit: number }): Promise<SearchHit[]> {
  const others = await Promise.allSettled(sources.map((source) => source.search(query)))
  const hits = [...(await searchEntities(db, query)), ...others.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))]
  return hits
    .sort((a, b) => b.score - a.score)
    .slice(0, query.limit)
    .map(({ score: _score, ...hit }) => hit)
}
