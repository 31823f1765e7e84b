import { sql, type RawBuilder } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { Entity, EntityRelation } from './entity.ts'
import type { EntityPredicate } from './entity-predicate.ts'
import { conditionOf } from './entity-predicate-sql.ts'

/** A stored entity with where it came from. */
export interface StoredEntity {
  ref: string
  entity: Entity
  problems: FieldProblem[]
  repository: string
  path: string
  branch: string
  commit: string
}

interface Row {
  uid: string
  ref: string
  document: Entity
  etag: string
  problems: FieldProblem[]
  commit_sha: string
  repository: string
  path: string
  branch: string
  relations: EntityRelation[] | null
}

const COLUMNS = sql`e.uid, e.ref, e.document, e.etag, e.problems, e.commit_sha, f.repository, f.path, f.branch,
  (select jsonb_agg(distinct jsonb_build_object('type', r.type, 'targetRef', r.target_ref)) from entity_relation r where r.source_ref = e.ref) as relations`
const FROM = sql`entity e join catalog_file f on f.id = e.file_id`

/** One field to order by; entities that lack it come last, or are left out where the protocol wants that. */
export interface EntityOrder {
  field: string
  order: 'asc' | 'desc'
}

/** Reads of the graph. `linkTo` gives the address of a file for people. */
export class EntityQuery {
  readonly #db: Database
  readonly #linkTo: (place: { repository: string; branch: string; path: string }) => string

  constructor(db: Database, linkTo: (place: { repository: string; branch: string; path: string }) => string) {
    this.#db = db
    this.#linkTo = linkTo
  }

  async findByRef(ref: string): Promise<StoredEntity | undefined> {
    if (ref.includes('\u0000')) return undefined // PostgreSQL takes no NUL in a text
    return (await this.#read(sql`where e.ref = ${ref.toLowerCase()}`))[0]
  }

  async findByUid(uid: string): Promise<StoredEntity | undefined> {
    return (await this.#read(sql`where e.uid = ${uid}::uuid`))[0]
  }

  async listByRefs(refs: readonly string[], predicate: EntityPredicate | undefined): Promise<Map<string, StoredEntity>> {
    const asked = [...new Set(refs.map((ref) => ref.toLowerCase()))].filter((ref) => !ref.includes('\u0000'))
    if (asked.length === 0) return new Map()
    const found = await this.#read(sql`where e.ref = any(${asked}::text[]) and ${conditionOf(predicate ?? { $all: [] })}`)
    return new Map(found.map((item) => [item.ref, item]))
  }

  async listOfKind(kind: string): Promise<StoredEntity[]> {
    return await this.#read(sql`where e.kind = ${kind.toLowerCase()} order by e.ref`)
  }

  /** `GET /entities`: by offset, ordered by any number of fields, those without a field last. */
  async list(input: {
    predicate: EntityPredicate | undefined
    order: readonly EntityOrder[]
    limit: number | undefined
    offset: number
  }): Promise<StoredEntity[]> {
    const orders = input.order.map(({ field, order }) => sql`${factOf(field)} ${order === 'desc' ? sql`desc` : sql`asc`} nulls last`)
    const limit = input.limit === undefined ? sql`` : sql`limit ${input.limit}`
    return await this.#read(
      sql`where ${conditionOf(input.predicate ?? { $all: [] })} order by ${sql.join([...orders, sql`e.ref`])} ${limit} offset ${input.offset}`,
    )
  }

  /** One page by key: after (or before) `from`, without those that lack the order field. Asks for one more than `limit`, to know whether there is more. */
  async page(input: {
    predicate: EntityPredicate | undefined
    order: EntityOrder | undefined
    text: { term: string; fields: readonly string[] } | undefined
    limit: number
    offset: number
    from: { values: readonly [string | null, string]; isBackwards: boolean } | undefined
  }): Promise<{ items: { item: StoredEntity; key: [string | null, string] }[]; hasMore: boolean }> {
    const isDescending = (input.order?.order === 'desc') !== (input.from?.isBackwards ?? false)
    const direction = isDescending ? sql`desc` : sql`asc`
    const compare = isDescending ? sql`<` : sql`>`
    const value = input.order ? factOf(input.order.field) : sql<string | null>`null::text`
    const after =
      input.from === undefined
        ? sql`true`
        : input.order
          ? sql`(k.value, e.uid) ${compare} (${input.from.values[0]}, ${input.from.values[1]}::uuid)`
          : sql`e.uid ${compare} ${input.from.values[1]}::uuid`
    const { rows } = await sql<Row & { sort_value: string | null }>`
      select ${COLUMNS}, k.value as sort_value from ${FROM} cross join lateral (select ${value} as value) k
      where ${this.#matches(input)} and ${input.order ? sql`k.value is not null` : sql`true`} and ${after}
      order by ${input.order ? sql`k.value ${direction}, ` : sql``}e.uid ${direction}
      limit ${input.limit + 1} offset ${input.offset}`.execute(this.#db)
    const items = rows.slice(0, input.limit).map((row) => ({ item: this.#toEntity(row), key: [row.sort_value, row.uid] as [string | null, string] }))
    return { items: input.from?.isBackwards ? items.reverse() : items, hasMore: rows.length > input.limit }
  }

  async count(input: {
    predicate: EntityPredicate | undefined
    order: EntityOrder | undefined
    text: { term: string; fields: readonly string[] } | undefined
  }): Promise<number> {
    const ordered = input.order ? sql`${factOf(input.order.field)} is not null` : sql`true`
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from entity e where ${this.#matches(input)} and ${ordered}`.execute(this.#db)
    return rows[0]?.count ?? 0
  }

  /** How often each value of each facet is there, by value. */
  async facets(facets: readonly string[], predicate: EntityPredicate | undefined): Promise<Record<string, { value: string; count: number }[]>> {
    const result: Record<string, { value: string; count: number }[]> = {}
    for (const facet of facets) {
      const relation = /^relations\.(.+)$/i.exec(facet)?.[1]
      const source = relation
        ? sql`select e.uid, r.target_ref as original from entity e join entity_relation r on r.source_ref = e.ref and lower(r.type) = ${relation.toLowerCase()}`
        : sql`select e.uid, d.original from entity e join entity_fact d on d.uid = e.uid and d.key = ${facet.toLowerCase()} and d.original is not null`
      const { rows } = await sql<{ value: string; count: number }>`
        select original as value, count(distinct uid)::int as count from (${source} where ${conditionOf(predicate ?? { $all: [] })}) facts group by original order by original`.execute(
        this.#db,
      )
      result[facet] = rows
    }
    return result
  }

  #matches(input: { predicate: EntityPredicate | undefined; text: { term: string; fields: readonly string[] } | undefined }): RawBuilder<unknown> {
    const condition = conditionOf(input.predicate ?? { $all: [] })
    if (input.text === undefined) return condition
    const pattern = `%${input.text.term.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    const fields = input.text.fields.map((field) => field.toLowerCase())
    return sql`${condition} and exists (select from entity_fact t where t.uid = e.uid and t.key = any(${fields}::text[]) and t.value like ${pattern})`
  }

  async #read(rest: RawBuilder<unknown>): Promise<StoredEntity[]> {
    const { rows } = await sql<Row>`select ${COLUMNS} from ${FROM} ${rest}`.execute(this.#db)
    return rows.map((row) => this.#toEntity(row))
  }

  #toEntity(row: Row): StoredEntity {
    const link = `url:${this.#linkTo(row)}`
    const { metadata, ...rest } = row.document
    const annotations = {
      ...metadata.annotations,
      'backstage.io/managed-by-location': link,
      'backstage.io/managed-by-origin-location': link,
      'backstage.io/view-url': link.slice(4),
    }
    const relations = (row.relations ?? []).sort((a, b) => (a.type + a.targetRef < b.type + b.targetRef ? -1 : 1))
    const entity: Entity = {
      ...rest,
      metadata: { ...metadata, uid: row.uid, etag: row.etag, annotations },
      relations,
      ...(row.problems.length === 0 ? {} : { status: { items: row.problems.map((problem) => statusItem(problem)) } }),
    }
    return { ref: row.ref, entity, problems: row.problems, repository: row.repository, path: row.path, branch: row.branch, commit: row.commit_sha }
  }
}

function factOf(field: string): RawBuilder<string | null> {
  return sql<string | null>`(select min(s.value) from entity_fact s where s.uid = e.uid and s.key = ${field.toLowerCase()})`
}

function statusItem(problem: FieldProblem): NonNullable<Entity['status']>['items'][number] {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}: `
  const message = `${place}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
  return { type: 'backstage.io/catalog-processing', level: 'error', message, error: { name: 'InputError', message } }
}
