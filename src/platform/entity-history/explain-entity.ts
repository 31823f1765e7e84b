import type { Database } from '#kernel/node/database'
import { catalogFaults, edgesOf, entityRefOf, readDescriptors, type Catalog, type Entity, type StoredEntity } from '#platform/catalog'
import { explainSentence, type Explained } from './explain-sentence.ts'
import { fieldDiff } from './field-diff.ts'
import { findField, isPartOf } from './field-path.ts'
import { listHistory } from './history-store.ts'

export interface ExplainDeps {
  db: Database
  catalog: () => Pick<Catalog, 'reader'>
  /** Text of a file at a commit; undefined when it can't be read any more. */
  readFile(file: { repository: string; commit: string; path: string }): Promise<string | undefined>
}

export interface Explanation extends Explained {
  source: Explained['source'] & { branch: string }
  sentence: string
}

/** Alterations that are looked through for the last one of a field. */
const MAX_ALTERATIONS = 500
const PAGE = 50

/** Why a field of an entity, or the entity, is as it is. @throws `platform.catalog.not_found`. */
export async function explainEntity(deps: ExplainDeps, ref: string, field: string): Promise<Explanation> {
  const stored = await deps.catalog().reader.findByRef(ref)
  if (!stored) throw catalogFaults.not_found({ ref })
  const found = findField(stored.entity, field)
  const declaredField = relationField(field) === undefined ? field : ''
  const explained: Explained & { source: Explanation['source'] } = {
    ref: stored.ref,
    field,
    value: found?.value ?? null,
    source: await sourceOf(deps, stored, found && relationField(field) === undefined ? found.keys : []),
    last: await lastAlteration(deps.db, stored.ref, declaredField),
    relations: relationsOf(stored, field),
    problems: stored.problems.map(({ field: at, message }) => ({ field: at, message })),
  }
  return { ...explained, sentence: explainSentence(explained) }
}

async function sourceOf(deps: ExplainDeps, stored: StoredEntity, keys: readonly PropertyKey[]): Promise<Explanation['source']> {
  const { repository, branch, commit, path, entity } = stored
  const location = entity.metadata.annotations?.['backstage.io/managed-by-location'] ?? ''
  const place = { location, file: path, line: null, column: null, repository, branch, commit }
  if (repository === '' || commit === '') return place
  const text = await deps.readFile({ repository, commit, path })
  const document = text === undefined ? undefined : readDescriptors(path, text).documents.find(({ value }) => declares(value, stored.ref))
  if (!document || !findKeys(document.value, keys)) return place
  return { ...place, ...document.locate(keys) }
}

function declares(value: unknown, ref: string): boolean {
  const document = value as Partial<Entity> | null
  return typeof document?.kind === 'string' && typeof document.metadata?.name === 'string' && entityRefOf(document as Entity) === ref
}

/** Whether the file itself has the field: the catalog adds some. */
function findKeys(value: unknown, keys: readonly PropertyKey[]): boolean {
  let at = value
  for (const key of keys) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false
    at = (at as Record<PropertyKey, unknown>)[key]
  }
  return true
}

async function lastAlteration(db: Database, ref: string, field: string): Promise<Explained['last']> {
  let before: number | undefined
  for (let seen = 0; seen < MAX_ALTERATIONS; seen += PAGE) {
    const rows = await listHistory(db, ref, { limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const row of rows) {
      if (row.kind === 'altered' && !fieldDiff(row.before, row.after).some(({ path }) => isPartOf(path, field))) continue
      return { at: row.at.toISOString(), actor: row.actor, changeId: row.changeId, commit: row.commit, kind: row.kind }
    }
    if (rows.length < PAGE) return null
    before = rows.at(-1)?.id
  }
  return null
}

/** Relations that a field is about, each with whose file declares it. */
function relationsOf({ ref, entity }: StoredEntity, field: string): Explained['relations'] {
  const own = new Set(edgesOf(entity).flatMap((edge) => (edge.sourceRef === ref ? [`${edge.type} ${edge.targetRef}`] : [])))
  const all = (entity.relations ?? []).map((relation) => ({
    ...relation,
    declaredBy: own.has(`${relation.type} ${relation.targetRef}`) ? ref : relation.targetRef,
  }))
  const type = relationField(field)
  if (field === '' || type === '') return all
  if (type !== undefined) return all.filter((relation) => relation.type.toLowerCase() === type.toLowerCase())
  const [top, name] = field.split('.')
  if (top !== 'spec' || name === undefined) return []
  const alone = { ...entity, spec: name in (entity.spec ?? {}) ? { [name]: entity.spec?.[name] ?? null } : {} }
  const edges = new Set(edgesOf(alone).flatMap((edge) => (edge.sourceRef === ref ? [`${edge.type} ${edge.targetRef}`] : [])))
  return all.filter((relation) => edges.has(`${relation.type} ${relation.targetRef}`))
}

/** `ownedBy` of `relations.ownedBy`, empty of `relations`; undefined of other fields. */
function relationField(field: string): string | undefined {
  return field === 'relations' ? '' : field.startsWith('relations.') ? field.slice('relations.'.length) : undefined
}
