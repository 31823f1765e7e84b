import { z } from 'zod'
import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import { jsonRoute, type Route } from '#kernel/node/http'
import { catalogFaults } from './catalog-faults.ts'
import type { EntityPredicate } from './entity-predicate.ts'
import type { EntityQuery } from './entity-query.ts'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'
import { searchAll, searchEntities, type SearchSource } from './entity-search.ts'

const entity = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), title: z.string().optional(), description: z.string().optional() }),
  spec: z.record(z.string(), z.unknown()).optional(),
  relations: z.array(z.object({ type: z.string(), targetRef: z.string() })).optional(),
})
const problem = z.object({ field: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional() })
const hit = z.object({ kind: z.string(), ref: z.string(), title: z.string(), summary: z.string(), href: z.string() })
const refParams = z.object({ kind: z.string().min(1), namespace: z.string().min(1), name: z.string().min(1) })
const limit = z.coerce.number().int().min(1).max(200).default(50)

/** Our own catalog routes; Backstage's dialect is beside them. */
export function catalogRoutes(deps: { db: Database; query: EntityQuery; searchSources: readonly SearchSource[] }): Route[] {
  const { db, query } = deps
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/entities',
      operation: 'entities.list',
      summary: 'List entities by kind, owner or words',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({ kind: z.string().optional(), owner: z.string().optional(), q: z.string().max(200).optional(), cursor: z.string().optional(), limit }),
      response: z.object({ items: z.array(entity), nextCursor: z.string().nullable(), total: z.number() }),
      errors: [catalogFaults.bad_query],
      handle: async ({ query: asked }) => {
        const offset = offsetOf(asked.cursor)
        const predicate = predicateOf(asked)
        if (asked.q !== undefined && asked.q.trim() !== '') return await listFound(deps, { ...asked, q: asked.q, offset, predicate })
        const total = await query.count({ predicate, order: undefined, text: undefined })
        const items = await query.list({ predicate, order: [{ field: 'metadata.name', order: 'asc' }], limit: asked.limit, offset })
        return { items: items.map((item) => item.entity as unknown as z.infer<typeof entity>), nextCursor: cursorOf(offset + items.length, total), total }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/entities/{kind}/{namespace}/{name}',
      operation: 'entities.get',
      summary: 'Get an entity with its relations, its problems and where it comes from',
      tag: 'catalog',
      permission: 'catalog:read',
      params: refParams,
      response: z.object({
        entity,
        relations: z.array(z.object({ type: z.string(), targetRef: z.string(), title: z.string() })),
        problems: z.array(problem),
        source: z.object({ location: z.string(), repository: z.string(), path: z.string(), commit: z.string() }),
      }),
      errors: [catalogFaults.not_found],
      handle: async ({ params }) => {
        const found = await query.findByRef(formatEntityRef(params))
        if (!found) throw catalogFaults.not_found({ ref: formatEntityRef(params) })
        const relations = found.entity.relations ?? []
        const titles = await titlesOf(
          db,
          relations.map((relation) => relation.targetRef),
        )
        return {
          entity: found.entity as unknown as z.infer<typeof entity>,
          relations: relations.map((relation) => ({
            ...relation,
            title: titles.get(relation.targetRef) ?? parseEntityRef(relation.targetRef)?.name ?? relation.targetRef,
          })),
          problems: found.problems.map((item) => problem.parse(item)),
          source: {
            location: found.entity.metadata.annotations?.['backstage.io/view-url'] ?? '',
            repository: found.repository,
            path: found.path,
            commit: found.commit,
          },
        }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/search',
      operation: 'search.query',
      summary: 'Find things by words: prefixes and typos count',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({ q: z.string().max(200).default(''), limit: z.coerce.number().int().min(1).max(50).default(20) }),
      response: z.object({ items: z.array(hit) }),
      handle: async ({ query: asked }) => ({ items: await searchAll(db, deps.searchSources, { text: asked.q, limit: asked.limit }) }),
    }),
  ]
}

/** Words rank; kind and owner narrow. Deep pages of a ranking are of no use, so it ends after its first 200. */
async function listFound(
  deps: { db: Database; query: EntityQuery },
  asked: { q: string; limit: number; offset: number; predicate: EntityPredicate },
): Promise<{ items: z.infer<typeof entity>[]; nextCursor: string | null; total: number }> {
  const hits = await searchEntities(deps.db, { text: asked.q, limit: 200 })
  const found = await deps.query.listByRefs(
    hits.map((item) => item.ref),
    asked.predicate,
  )
  const ranked = hits.flatMap((item) => found.get(item.ref) ?? [])
  const items = ranked.slice(asked.offset, asked.offset + asked.limit)
  return {
    items: items.map((item) => item.entity as unknown as z.infer<typeof entity>),
    nextCursor: cursorOf(asked.offset + items.length, ranked.length),
    total: ranked.length,
  }
}

function predicateOf(asked: { kind?: string | undefined; owner?: string | undefined }): EntityPredicate {
  const owner = asked.owner === undefined ? undefined : parseEntityRef(asked.owner, { kind: 'group' })
  const terms: EntityPredicate[] = []
  if (asked.kind !== undefined) terms.push({ kind: { $in: asked.kind.split(',') } })
  if (asked.owner !== undefined) terms.push({ 'relations.ownedBy': owner ? formatEntityRef(owner) : asked.owner })
  return { $all: terms }
}

async function titlesOf(db: Database, refs: readonly string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map()
  const { rows } = await sql<{
    ref: string
    title: string
  }>`select ref, coalesce(title, document #>> '{spec,profile,displayName}', name) as title from entity where ref = any(${[...refs]}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.ref, row.title]))
}

function cursorOf(next: number, total: number): string | null {
  return next < total ? Buffer.from(String(next)).toString('base64url') : null
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!/^\d{1,9}$/.test(text)) throw catalogFaults.bad_query({ what: 'this cursor is not one that the catalog gave' })
  return Number(text)
}
