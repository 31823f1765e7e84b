import type { Transaction } from '#kernel/node/database'
import type { Entity, EntityRelation } from '../entity.ts'
import type { Edge } from '../entity-relations.ts'
import { edgeDiff, edgeKey, edgesDeclaredBy, otherEnd, RelationChanges } from './edge-changes.ts'
import { relationsText, type EntityDocument } from './entity-document.ts'
import {
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

/** What the index has to take over, and what people are told. */
export interface AppliedChanges {
  puts: { row: number; ref: string; entity: Entity; relations: EntityRelation[] }[]
  /** Entities that only have other relations than before. */
  restitched: { ref: string; relations: EntityRelation[] }[]
  added: { ref: string; after: Entity }[]
  altered: { ref: string; before: Entity; after: Entity; beforeRow: EntityRow }[]
  removed: { ref: string; before: Entity; beforeRow: EntityRow }[]
}

/** Trust by number of those whose memberships give rights. */
const ORGANISATION = 3

/**
 * Writes entities and stitches the relations of all that are touched, at both ends, from what changed: whoever has a thousand parts is not read again
 * for one more. Must run under the catalog's lock.
 */
export async function applyChanges(tx: Transaction, changes: readonly EntityChange[]): Promise<AppliedChanges> {
  const parsed = changes.map((change) => {
    const isSame = change.before !== null && change.after !== null && change.before.etag === change.after.etag
    const before = change.before === null ? null : isSame && change.after ? change.after.entity : (JSON.parse(change.before.body) as Entity)
    return { ...change, isSame, beforeEntity: before }
  })
  const touched = parsed.filter(({ isSame }) => !isSame)
  const rows = new Map<string, EntityRow>()
  for (const { before, ref } of parsed) if (before) rows.set(ref, before)
  const relations = await relationChanges(tx, touched, rows)

  const removed = touched.filter(({ after }) => after === null)
  const gone = new Set(removed.map(({ ref }) => ref))
  await readRows(
    tx,
    [...relations.byRef.keys()].filter((ref) => !gone.has(ref) && !rows.has(ref)),
    rows,
  )
  const written = parsed.filter(
    ({ after, before, isSame }) => after !== null && (!isSame || before?.fileId !== after.fileId || before.trust !== after.trust || before.problems !== null),
  )
  const relationsOf = new Map<string, EntityRelation[]>()
  const fresh = (ref: string): EntityRelation[] => {
    const row = rows.get(ref)
    const list = relations.applied(ref, row ? (JSON.parse(row.relations) as EntityRelation[]) : [])
    relationsOf.set(ref, list)
    return list
  }
  const writes: EntityWrite[] = written.flatMap(({ ref, after }) =>
    after ? [{ ...after, relations: relationsText(fresh(ref)), targets: targetsOf(after.entity, ref) }] : [],
  )
  const writtenRefs = new Set(writes.map(({ ref }) => ref))
  const restitched = [...relations.byRef.keys()].flatMap((ref) => {
    const row = writtenRefs.has(ref) || gone.has(ref) ? undefined : rows.get(ref)
    if (!row) return []
    const text = relationsText(fresh(ref))
    return text === row.relations ? [] : [{ ref, id: row.id, text }]
  })

  await deleteEntities(
    tx,
    removed.map(({ ref }) => ref),
  )
  const ids = await upsertEntities(tx, writes)
  await setRelations(
    tx,
    restitched.map(({ id, text }) => ({ id, relations: text })),
  )
  await writeMemberships(tx, writes, ids)
  return {
    puts: writes.map(({ ref, entity }) => ({ row: ids.get(ref) ?? 0, ref, entity, relations: relationsOf.get(ref) ?? [] })),
    restitched: restitched.map(({ ref }) => ({ ref, relations: relationsOf.get(ref) ?? [] })),
    added: touched.flatMap(({ ref, before, after }) => (before === null && after ? [{ ref, after: after.entity }] : [])),
    altered: touched.flatMap(({ ref, before, beforeEntity, after }) =>
      before && beforeEntity && after ? [{ ref, before: beforeEntity, after: after.entity, beforeRow: before }] : [],
    ),
    removed: removed.flatMap(({ ref, before, beforeEntity }) => (before && beforeEntity ? [{ ref, before: beforeEntity, beforeRow: before }] : [])),
  }
}

async function relationChanges(
  tx: Transaction,
  touched: readonly { ref: string; beforeEntity: Entity | null; after: EntityChange['after'] }[],
  rows: Map<string, EntityRow>,
): Promise<RelationChanges> {
  const changes = new RelationChanges()
  const afterOf = new Map(touched.map(({ ref, after }) => [ref, after?.entity ?? null]))
  const removals: { edge: Edge; other: string }[] = []
  for (const { ref, beforeEntity, after } of touched) {
    const { added, removed } = edgeDiff({ ref, before: beforeEntity, after: after?.entity ?? null })
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
    const row = rows.get(ref)
    const entity = afterOf.has(ref) ? afterOf.get(ref) : row ? (JSON.parse(row.body) as Entity) : null
    declared.set(ref, new Set(entity ? edgesDeclaredBy(entity).map(edgeKey) : []))
  }
  for (const { edge, other } of removals) if (declared.get(other)?.has(edgeKey(edge)) !== true) changes.remove(edge)
  // Whoever names an entity that is new now.
  const fresh = new Set(touched.filter(({ ref, after }) => after !== null && !rows.has(ref)).map(({ ref }) => ref))
  for (const row of await entitiesNaming(tx, [...fresh])) {
    if (afterOf.has(row.ref)) continue
    for (const edge of edgesDeclaredBy(JSON.parse(row.body) as Entity)) if (fresh.has(edge.sourceRef)) changes.add(edge)
  }
  return changes
}

async function readRows(tx: Transaction, refs: readonly string[], rows: Map<string, EntityRow>): Promise<void> {
  if (refs.length > 0) for (const row of await entitiesByRef(tx, refs)) rows.set(row.ref, row)
}

function targetsOf(entity: Entity, ref: string): string[] {
  return [...new Set(edgesDeclaredBy(entity).map((edge) => otherEnd(edge, ref)))]
}

async function writeMemberships(tx: Transaction, writes: readonly EntityWrite[], ids: ReadonlyMap<string, number>): Promise<void> {
  const people = writes.filter(({ entity }) => ['user', 'group'].includes(entity.kind.toLowerCase()))
  const pairs = people
    .filter(({ trust }) => trust === ORGANISATION)
    .flatMap(({ ref, entity }) =>
      edgesDeclaredBy(entity)
        .filter(({ type }) => type === 'memberOf' || type === 'childOf')
        .map((edge) => ({ entityId: ids.get(ref) ?? 0, child: edge.sourceRef, parent: edge.targetRef })),
    )
  await replaceMemberships(
    tx,
    people.map(({ ref }) => ids.get(ref) ?? 0),
    pairs,
  )
}
