import type { Transaction } from '#kernel/node/database'
import type { Entity, EntityRelation } from '../entity.ts'
import { edgesOf, type Edge } from '../entity-relations.ts'
import { edgeDiff, edgeKey, otherEnd, RelationChanges } from './edge-changes.ts'
import { relationsText, type EntityDocument } from './entity-document.ts'
import {
  chunks,
  MAX_LISTED_REFS,
  deleteEntities,
  entitiesByRef,
  entitiesNaming,
  replaceMemberships,
  setRelations,
  upsertEntities,
  type EntityRow,
  type EntityWrite,
} from './ingestion-store.ts'

/** What becomes of one ref. */
export interface EntityChange {
  ref: string
  before: EntityRow | null
  /** Null when it goes. */
  after: (EntityDocument & { fileId: number; trust: number }) | null
}

/** What the index has to take over, and what people are told. Entities are texts: a large ingestion would have all of them in hand. */
export interface AppliedChanges {
  /** Written ones; undefined when they are so many that the index reads them itself. */
  puts: { row: number; ref: string; body: string; relations: string }[] | undefined
  written: ReadonlySet<string>
  /** Entities that only have other relations than before. */
  restitched: { ref: string; relations: EntityRelation[] }[]
  added: { ref: string; before: null; after: string }[]
  altered: { ref: string; before: string; after: string }[]
  removed: { ref: string; before: string; after: null }[]
}

/** Trust by number of those whose memberships give rights. */
const ORGANISATION = 3

/**
 * Writes entities and stitches the relations of all that are touched, at both ends, from what changed: whoever has a thousand parts is not read again
 * for one more. Must run under the catalog's lock.
 */
export async function applyChanges(tx: Transaction, changes: readonly EntityChange[]): Promise<AppliedChanges> {
  const rows = new Map<string, EntityRow>()
  const fresh = new Set<string>()
  const gone = new Set<string>()
  for (const { ref, before, after } of changes) {
    if (before) rows.set(ref, before)
    else fresh.add(ref)
    if (!after) gone.add(ref)
  }
  const relations = await relationChanges(tx, changes.filter(isAltered), rows, fresh)
  const touched = relations.refs()
  await readRows(
    tx,
    touched.filter((ref) => !gone.has(ref) && !fresh.has(ref) && !rows.has(ref)),
    rows,
  )
  const stitched = (ref: string): EntityRelation[] => {
    const row = rows.get(ref)
    return relations.applied(ref, row ? (JSON.parse(row.relations) as EntityRelation[]) : [])
  }
  await deleteEntities(tx, [...gone])
  const { puts, written } = await writeEntities(tx, changes, stitched)
  const restitched = touched.flatMap((ref) => {
    const row = written.has(ref) || gone.has(ref) ? undefined : rows.get(ref)
    if (!row) return []
    const list = stitched(ref)
    const text = relationsText(list)
    return text === row.relations ? [] : [{ ref, id: row.id, text, list }]
  })
  await setRelations(
    tx,
    restitched.map(({ id, text }) => ({ id, relations: text })),
  )
  const altered = changes.filter(isAltered)
  return {
    puts,
    written,
    restitched: restitched.map(({ ref, list }) => ({ ref, relations: list })),
    added: altered.flatMap(({ ref, before, after }) => (before === null && after ? [{ ref, before: null, after: after.body }] : [])),
    altered: altered.flatMap(({ ref, before, after }) => (before && after ? [{ ref, before: before.body, after: after.body }] : [])),
    removed: altered.flatMap(({ ref, before, after }) => (before && after === null ? [{ ref, before: before.body, after: null }] : [])),
  }
}

/** Whether an entity itself is another than before, not only its place. */
function isAltered({ before, after }: EntityChange): boolean {
  return before === null ? after !== null : after === null || before.etag !== after.etag
}

async function writeEntities(
  tx: Transaction,
  changes: readonly EntityChange[],
  stitched: (ref: string) => EntityRelation[],
): Promise<{ puts: AppliedChanges['puts']; written: ReadonlySet<string> }> {
  const puts: NonNullable<AppliedChanges['puts']> = []
  const written = new Set<string>()
  const needed = changes.filter(
    (change) =>
      change.after !== null &&
      (isAltered(change) || change.before?.fileId !== change.after.fileId || change.before.trust !== change.after.trust || change.before.problems !== null),
  )
  for (const part of chunks(needed)) {
    const people: { ref: string; entity: Entity; trust: number }[] = []
    const writes = part.flatMap(({ ref, after }): EntityWrite[] => {
      if (!after) return []
      const entity = JSON.parse(after.body) as Entity
      if (after.kind === 'user' || after.kind === 'group') people.push({ ref, entity, trust: after.trust })
      return [{ ...after, relations: relationsText(stitched(ref)), targets: targetsOf(entity, ref) }]
    })
    const ids = await upsertEntities(tx, writes)
    for (const { ref, body, relations } of writes) {
      written.add(ref)
      if (needed.length <= MAX_LISTED_REFS) puts.push({ row: ids.get(ref) ?? 0, ref, body, relations })
    }
    await writeMemberships(tx, people, ids)
  }
  return { puts: needed.length <= MAX_LISTED_REFS ? puts : undefined, written }
}

async function relationChanges(
  tx: Transaction,
  altered: readonly EntityChange[],
  rows: Map<string, EntityRow>,
  fresh: ReadonlySet<string>,
): Promise<RelationChanges> {
  const changes = new RelationChanges()
  const afterOf = new Map(altered.map(({ ref, after }) => [ref, after]))
  const removals: { edge: Edge; other: string }[] = []
  for (const { ref, before, after } of altered) {
    const declares = after ? edgesIn(after.body) : []
    const { added, removed } = edgeDiff(before ? edgesIn(before.body) : [], declares)
    // Declared all the time, but what it names is new.
    for (const edge of declares) if (before && fresh.has(edge.sourceRef)) changes.add(edge)
    for (const edge of removed) removals.push({ edge, other: otherEnd(edge, ref) })
    for (const edge of added) changes.add(edge)
  }
  // An edge that one end does not declare any more stays when the other end does.
  const others = new Set(removals.map(({ other }) => other))
  await readRows(
    tx,
    [...others].filter((ref) => !rows.has(ref) && !afterOf.has(ref)),
    rows,
  )
  const declared = new Map<string, Set<string>>()
  for (const ref of others) {
    const body = afterOf.has(ref) ? afterOf.get(ref)?.body : rows.get(ref)?.body
    declared.set(ref, new Set(body === undefined ? [] : edgesIn(body).map(edgeKey)))
  }
  for (const { edge, other } of removals) if (declared.get(other)?.has(edgeKey(edge)) !== true) changes.remove(edge)
  // Whoever names an entity that is new now.
  for (const row of await entitiesNaming(tx, [...fresh])) {
    if (afterOf.has(row.ref)) continue
    for (const edge of edgesIn(row.body)) if (fresh.has(edge.sourceRef)) changes.add(edge)
  }
  return changes
}

async function readRows(tx: Transaction, refs: readonly string[], rows: Map<string, EntityRow>): Promise<void> {
  if (refs.length > 0) for (const row of await entitiesByRef(tx, refs)) rows.set(row.ref, row)
}

function edgesIn(body: string): Edge[] {
  return edgesOf(JSON.parse(body) as Entity)
}

function targetsOf(entity: Entity, ref: string): string[] {
  return [...new Set(edgesOf(entity).map((edge) => otherEnd(edge, ref)))]
}

async function writeMemberships(
  tx: Transaction,
  people: readonly { ref: string; entity: Entity; trust: number }[],
  ids: ReadonlyMap<string, number>,
): Promise<void> {
  if (people.length === 0) return
  const pairs = people
    .filter(({ trust }) => trust === ORGANISATION)
    .flatMap(({ ref, entity }) =>
      edgesOf(entity)
        .filter(({ type }) => type === 'memberOf' || type === 'childOf')
        .map((edge) => ({ entityId: ids.get(ref) ?? 0, child: edge.sourceRef, parent: edge.targetRef })),
    )
  await replaceMemberships(
    tx,
    people.map(({ ref }) => ids.get(ref) ?? 0),
    pairs,
  )
}
