import type { EntityQuery } from './entity-query.ts'
import { parseEntityRef } from './entity-ref.ts'
import type { EntityIndex } from './index/entity-index.ts'
import { SlotSet } from './index/slot-set.ts'

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

/** Where words are looked for, and what finding one there is worth. */
const FIELDS = [
  ['metadata.name', 0.5],
  ['metadata.title', 0.5],
  ['metadata.tags', 0.3],
  ['relations.ownedby', 0.2],
  ['spec.type', 0.2],
  ['spec.profile.displayname', 0.5],
  ['metadata.description', 0.15],
] as const
/** Hits that are ranked; of more, the first by ref. */
const MAX_RANKED = 2_000
const SOUGHT_KINDS = new Set(['component', 'api', 'system', 'user', 'group', 'template'])

/** Finds entities that have every word somewhere; names weigh more than descriptions, and a typo in a name is forgiven when nothing else is found. */
export async function searchEntities(query: EntityQuery, asked: { text: string; limit: number }): Promise<(SearchHit & { score: number })[]> {
  const words =
    asked.text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 8) ?? []
  if (words.length === 0) return []
  const index = await query.walk()
  const found = words.map((word) => FIELDS.map(([field, weight]) => ({ set: index.withText(field, word), weight })))
  const all = found.map((fields) => SlotSet.union(fields.map(({ set }) => set))).reduce((a, b) => a.and(b))
  const scores = new Map<number, number>()
  for (const slot of all.toSorted().slice(0, MAX_RANKED)) {
    const sum = found.reduce((total, fields) => total + Math.max(...fields.map(({ set, weight }) => (set.has(slot) ? weight : 0))), 0)
    scores.set(slot, sum / words.length)
  }
  if (scores.size === 0) for (const slot of resembling(index, words.join('-'))) scores.set(slot, 0.2)
  return Array.from(scores, ([slot, score]) => hitOf(index, slot, score, words.join(' ')))
    .sort((a, b) => b.score - a.score || (a.ref < b.ref ? -1 : 1))
    .slice(0, asked.limit)
}

/** Merges entities with the other sources, best first. A source that fails takes nothing from the others. */
export async function searchAll(query: EntityQuery, sources: readonly SearchSource[], asked: { text: string; limit: number }): Promise<SearchHit[]> {
  const others = await Promise.allSettled(sources.map((source) => source.search(asked)))
  const hits = [...(await searchEntities(query, asked)), ...others.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))]
  return hits
    .sort((a, b) => b.score - a.score)
    .slice(0, asked.limit)
    .map(({ score: _score, ...hit }) => hit)
}

function hitOf(index: EntityIndex, slot: number, sum: number, text: string): SearchHit & { score: number } {
  const ref = index.refOf(slot)
  const { namespace = 'default', name = ref, kind = '' } = parseEntityRef(ref) ?? {}
  const textAt = (key: string): string | undefined => {
    const [value] = index.valuesOf(slot, index.pool.find(key))
    return value === undefined || value === 0 ? undefined : index.pool.text(value)
  }
  const closeness = name === text ? 0.3 : name.startsWith(text) ? 0.15 : 0
  return {
    kind: textAt('kind') ?? kind,
    ref,
    title: index.titleOf(ref) ?? name,
    summary: textAt('metadata.description') ?? ref,
    href: pageOf({ kind, namespace, name: textAt('metadata.name') ?? name }),
    score: sum + closeness + (SOUGHT_KINDS.has(kind) ? 0.2 : 0),
  }
}

/** The portal's page of an entity: components and templates have their own. */
function pageOf({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  if (kind === 'component' && namespace === 'default') return `/components/${name}`
  return kind === 'template' ? `/create/${namespace}/${name}` : `/entities/${kind}/${namespace}/${name}`
}

/** Entities whose name is one or two typos away. */
function resembling(index: EntityIndex, text: string): number[] {
  const column = index.column('metadata.name')
  const allowed = text.length < 4 ? 0 : text.length < 8 ? 1 : 2
  if (!column || allowed === 0) return []
  return column
    .values()
    .filter((value) => Math.abs(index.pool.byteLength(value) - text.length) <= allowed && isWithin(index.pool.text(value).toLowerCase(), text, allowed + 1))
    .slice(0, 50)
    .flatMap((value) => [...column.slotsOf(value)])
}

/** Whether at most `limit` letters differ, two swapped ones counting as two. */
function isWithin(a: string, b: string, limit: number): boolean {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let at = 1; at <= b.length; at++) {
      const cost = a[row - 1] === b[at - 1] ? 0 : 1
      current.push(Math.min((previous[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, (previous[at - 1] ?? 0) + cost))
    }
    previous = current
  }
  return (previous.at(-1) ?? 0) <= limit
}
