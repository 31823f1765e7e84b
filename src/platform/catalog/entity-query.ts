import { sql, type RawBuilder } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { CatalogReader, EntityQueryResult, EntityQuerySpec, EntityText, GraphEdge, StoredEntity } from './catalog-reader.ts'
import type { Entity } from './entity.ts'
import type { EntityPredicate } from './entity-predicate.ts'
import { readableEdge } from './entity-relations.ts'
import type { CatalogIndex } from './index/catalog-index.ts'
import type { EntityIndex } from './index/entity-index.ts'
import { positionOf, readIndexPage } from './index/index-page.ts'
import type { IndexQuestion } from './index/index-query.ts'
import { stitchedText } from './ingestion/entity-document.ts'

interface Row {
  ref: string
  body: string
  relations: string
  problems: string | null
  source: string
  repository: string
  path: string
  branch: string
  commit: string
  isOrphan: boolean
}

const STREAM_PAGE = 200
/** How long many facets are counted before others are served. */
const SLICE_MS = 15

/** What queries need of an index: that of now, or one of a time that is past. */
type QueriedIndex = Pick<CatalogIndex, 'ready' | 'now' | 'texts' | 'refOfUid'> & Partial<Pick<CatalogIndex, 'placeOf'>>

/** Reads of the catalog: which entities, and in which order, is answered in memory; their documents come from the database. */
export class EntityQuery implements CatalogReader {
  readonly #db: Database
  readonly #index: QueriedIndex

  constructor(db: Database, index: QueriedIndex) {
    this.#db = db
    this.#index = index
  }

  version(): number {
    return this.#index.now?.index.version ?? 0
  }

  async query(spec: EntityQuerySpec): Promise<EntityQueryResult> {
    const { index, query } = await this.#index.ready()
    const { slots, total, hasMore, order } = readIndexPage(index, query, questionOf(spec), {
      offset: spec.offset ?? 0,
      limit: spec.limit ?? Number.MAX_SAFE_INTEGER,
      ...(spec.from ? { from: spec.from } : {}),
    })
    const [first] = slots
    const last = slots.at(-1)
    const positions = first === undefined || last === undefined ? {} : { first: positionOf(index, order, first), last: positionOf(index, order, last) }
    const texts = await this.#index.texts(slots)
    return {
      items: texts,
      total,
      hasMore,
      ...positions,
    }
  }

  /** The texts of all that match, some at a time: a whole catalog is never in hand at once. */
  async *stream(spec: Omit<EntityQuerySpec, 'from'>): AsyncGenerator<EntityText[]> {
    const { query } = await this.#index.ready()
    const { slots } = query.result(questionOf(spec))
    const end = Math.min(slots.length, (spec.offset ?? 0) + (spec.limit ?? slots.length))
    for (let at = spec.offset ?? 0; at < end; at += STREAM_PAGE) {
      const texts = await this.#index.texts(slots.subarray(at, Math.min(at + STREAM_PAGE, end)))
      yield texts
    }
  }

  async count(predicate: EntityPredicate | undefined): Promise<number> {
    return (await this.#index.ready()).query.set(predicate).size
  }

  async findByRef(ref: string): Promise<StoredEntity | undefined> {
    const asked = ref.toLowerCase()
    const { index } = await this.#index.ready()
    return index.slotOf(asked) === undefined ? undefined : (await this.#read(sql`where e.ref = ${asked}`))[0]
  }

  /** The text of one entity. */
  async findText(ref: string): Promise<EntityText | undefined> {
    const { index } = await this.#index.ready()
    const slot = index.slotOf(ref.toLowerCase())
    const [found] = slot === undefined ? [] : await this.#index.texts([slot])
    return found
  }

  async findByUid(uid: string): Promise<StoredEntity | undefined> {
    const ref = await this.#index.refOfUid(uid)
    return ref === undefined ? undefined : await this.findByRef(ref)
  }

  async findTextByUid(uid: string): Promise<EntityText | undefined> {
    const ref = await this.#index.refOfUid(uid)
    return ref === undefined ? undefined : await this.findText(ref)
  }

  async listByRefs(refs: readonly string[], predicate?: EntityPredicate): Promise<Map<string, StoredEntity>> {
    const asked = await this.#matching(refs, predicate)
    if (asked.length === 0) return new Map()
    const found = await this.#read(sql`where e.ref = any(${asked.map(({ ref }) => ref)}::text[])`)
    return new Map(found.map((item) => [item.ref, item]))
  }

  /** Texts by ref in lower case; those that are absent or do not match are left out. */
  async listTexts(refs: readonly string[], predicate?: EntityPredicate): Promise<Map<string, string>> {
    const asked = await this.#matching(refs, predicate)
    return new Map((await this.#index.texts(asked.map(({ slot }) => slot))).map(({ ref, json }) => [ref, json]))
  }

  async listOfKind(kind: string): Promise<StoredEntity[]> {
    const { query, index } = await this.#index.ready()
    const { slots } = query.result({ predicate: { kind: kind.toLowerCase() }, orders: [], tie: 'ref', missing: 'last' })
    const rows = Array.from(slots, (slot) => index.rowOf(slot))
    return rows.length === 0 ? [] : await this.#read(sql`where e.id = any(${rows}::int[]) order by e.ref`)
  }

  /** The first refs that match, in order. */
  async listRefs(predicate: EntityPredicate | undefined, limit: number): Promise<string[]> {
    const { index, query } = await this.#index.ready()
    const { slots } = query.result({ ...(predicate ? { predicate } : {}), orders: [], tie: 'ref', missing: 'last' })
    return Array.from(slots.subarray(0, limit), (slot) => index.refOf(slot))
  }

  async facets(facets: readonly string[], predicate?: EntityPredicate): Promise<Record<string, { value: string; count: number }[]>> {
    const { query } = await this.#index.ready()
    const counted: Record<string, { value: string; count: number }[]> = Object.create(null) as Record<string, { value: string; count: number }[]>
    let sliceEndsAt = performance.now() + SLICE_MS
    for (const facet of facets) {
      counted[facet] = [...query.facet(facet, predicate)]
      if (performance.now() < sliceEndsAt) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + SLICE_MS
    }
    return counted
  }

  matches(ref: string, predicate: EntityPredicate): boolean {
    const state = this.#index.now
    const slot = state?.index.slotOf(ref.toLowerCase())
    return state !== undefined && slot !== undefined && state.query.set(predicate).has(slot)
  }

  async neighbours(refs: readonly string[], options: { types?: readonly string[] } = {}): Promise<GraphEdge[]> {
    const { index } = await this.#index.ready()
    const edges = new Map<string, GraphEdge>()
    for (const ref of refs)
      for (const edge of edgesOfRef(index, ref.toLowerCase(), options.types)) edges.set(`${edge.source} ${edge.type} ${edge.target}`, edge)
    return [...edges.values()]
  }

  /** Where an entity is from, and the Location entity that its source named as its parent. */
  async placeOf(ref: string): Promise<{ location: string; origin: string; parent: string | null } | undefined> {
    return await this.#index.placeOf?.(ref)
  }

  /** Other declarations of a ref, which wait for its holder to go. */
  async conflictsOf(ref: string): Promise<{ source: string; path: string; location: string }[]> {
    const { rows } = await sql<{ source: string; path: string; location: string }>`
      select f.source, f.path, f.location from entity_claim c join catalog_file f on f.id = c.file_id where c.ref = ${ref} order by c.trust desc, c.id`.execute(
      this.#db,
    )
    return rows
  }

  /** The index, for features of the catalog that walk it. */
  async walk(): Promise<EntityIndex> {
    return (await this.#index.ready()).index
  }

  async #matching(refs: readonly string[], predicate: EntityPredicate | undefined): Promise<{ ref: string; slot: number }[]> {
    const { index, query } = await this.#index.ready()
    const set = predicate === undefined ? undefined : query.set(predicate)
    const found: { ref: string; slot: number }[] = []
    for (const ref of new Set(refs.map((item) => item.toLowerCase()))) {
      const slot = index.slotOf(ref)
      if (slot !== undefined && (set?.has(slot) ?? true)) found.push({ ref, slot })
    }
    return found
  }

  async #read(rest: RawBuilder<unknown>): Promise<StoredEntity[]> {
    const { rows } = await sql<Row>`
      select e.ref, e.body, e.relations, e.problems, f.source, f.repository, f.path, f.branch, f.commit_sha as commit, f.is_orphan as "isOrphan"
      from entity e join catalog_file f on f.id = e.file_id ${rest}`.execute(this.#db)
    return rows.map(toStored)
  }
}

function toStored(row: Row): StoredEntity {
  const entity = JSON.parse(stitchedText(row)) as Entity
  return {
    ref: row.ref,
    entity,
    problems: row.problems === null ? [] : (JSON.parse(row.problems) as FieldProblem[]),
    source: row.source,
    repository: row.repository,
    path: row.path,
    branch: row.branch,
    commit: row.commit,
    isOrphan: entity.metadata.annotations?.['backstage.io/orphan'] === 'true',
  }
}

function questionOf(spec: EntityQuerySpec): IndexQuestion {
  return {
    ...(spec.predicate === undefined ? {} : { predicate: spec.predicate }),
    ...(spec.text === undefined ? {} : { text: spec.text }),
    orders: spec.orders ?? [],
    tie: spec.tie ?? 'uid',
    missing: spec.missing ?? 'last',
  }
}

/** Edges from and to a ref, which may itself be missing. */
export function edgesOfRef(index: EntityIndex, ref: string, types: readonly string[] | undefined): GraphEdge[] {
  const slot = index.slotOf(ref)
  const edges: GraphEdge[] = []
  const add = (source: string, type: string, target: string): void => {
    const edge = readableEdge(source, type, target)
    if (edge && (types === undefined || types.includes(edge.type))) edges.push(edge)
  }
  if (slot !== undefined) {
    index.forEachFact(slot, (key, value) => {
      const name = index.pool.text(key)
      if (name.startsWith('relations.')) add(ref, name.slice('relations.'.length), index.pool.text(value))
    })
    return edges
  }
  const id = index.pool.find(ref)
  for (const type of ['ownedby', 'partof', 'dependson', 'dependencyof', 'providesapi', 'consumesapi', 'memberof', 'hasmember', 'childof', 'parentof']) {
    const column = id === 0 ? undefined : index.column(`relations.${type}`)
    for (const holder of column?.slotsOf(id) ?? []) add(index.refOf(holder), type, ref)
  }
  return edges
}
