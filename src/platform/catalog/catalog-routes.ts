import { z } from 'zod'
import type { Database } from '#kernel/node/database'
import { jsonRoute, jsonTextResponse, type Route } from '#kernel/node/http'
import { pickFields } from './backstage/entity-fields.ts'
import { catalogFaults } from './catalog-faults.ts'
import type { StoredEntity } from './catalog-reader.ts'
import type { Entity } from './entity.ts'
import { entityFilterQuery, parseOrders, predicateOf } from './entity-filter.ts'
import { readGraph } from './entity-graph.ts'
import { previewEntities } from './entity-preview.ts'
import type { EntityQuery } from './entity-query.ts'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'
import type { DocumentChecks } from './ingestion/read-file.ts'
import type { PastCatalog } from './past-catalog.ts'

const entity = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), title: z.string().optional(), description: z.string().optional() }),
  spec: z.record(z.string(), z.unknown()).optional(),
  relations: z.array(z.object({ type: z.string(), targetRef: z.string() })).optional(),
})
type EntityJson = z.infer<typeof entity>
const problem = z.object({ field: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional() })
const refParams = z.object({ kind: z.string().min(1), namespace: z.string().min(1), name: z.string().min(1) })
const limit = z.coerce.number().int().min(1).max(500).default(50)
/** A time that is past: answers are those of then. */
const asOf = z.iso.datetime({ offset: true }).optional()
const several = z.union([z.string(), z.array(z.string())])
const facetCount = z.object({ value: z.string(), count: z.number() })
const node = z.object({
  ref: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string(),
  title: z.string(),
  type: z.string().nullable(),
  owner: z.string().nullable(),
  lifecycle: z.string().nullable(),
  hasProblems: z.boolean(),
  isMissing: z.boolean(),
})

/** Our own catalog routes; Backstage's dialect is beside them. */
export function catalogRoutes(deps: { db: Database; query: EntityQuery; past?: PastCatalog; checks?: DocumentChecks }): Route[] {
  const { query } = deps
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/entities',
      operation: 'entities.list',
      summary: 'List entities by what they are, whose they are, any field or words',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({
        ...entityFilterQuery,
        /** `field,asc` or `field,desc`; by name unless told. */
        orderBy: several.optional(),
        fields: several.optional(),
        cursor: z.string().optional(),
        limit,
        asOf,
      }),
      response: z.object({ items: z.array(entity), nextCursor: z.string().nullable(), total: z.number() }),
      errors: [catalogFaults.bad_query],
      handle: async ({ query: asked }) => {
        const offset = offsetOf(asked.cursor)
        const orders = parseOrders(asked.orderBy)
        const narrowed = predicateOf(asked)
        const page = await (
          await readerOf(deps, asked.asOf)
        ).query({
          ...(narrowed ? { predicate: narrowed } : {}),
          orders: orders.length > 0 ? orders : [{ field: 'metadata.name', order: 'asc' }],
          limit: asked.limit,
          offset,
        })
        const fields = [asked.fields ?? []]
          .flat()
          .flatMap((text) => text.split(','))
          .filter((field) => field !== '')
        const items = page.items.map(({ json }) => (fields.length === 0 ? json : JSON.stringify(pickFields(JSON.parse(json) as Entity, fields))))
        const nextCursor = page.hasMore ? cursorOf(offset + asked.limit) : null
        return jsonTextResponse(`{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)},"total":${page.total}}`) as never
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/entities/facets',
      operation: 'entities.facets',
      summary: 'Count the values of fields over the entities that match',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({ ...entityFilterQuery, facet: several }),
      response: z.object({ facets: z.record(z.string(), z.array(facetCount)), total: z.number() }),
      errors: [catalogFaults.bad_query],
      handle: async ({ query: asked }) => {
        const facets = [asked.facet]
          .flat()
          .flatMap((text) => text.split(','))
          .filter((facet) => facet !== '')
        if (facets.length === 0 || facets.length > 50) throw catalogFaults.bad_query({ what: 'give one to fifty facets' })
        const predicate = predicateOf(asked)
        return { facets: await query.facets(facets, predicate), total: await query.count(predicate) }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/entities/graph',
      operation: 'entities.graph',
      summary: 'Get the part of the graph around entities, or of those that match',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({
        ...entityFilterQuery,
        root: several.optional(),
        depth: z.coerce.number().int().min(0).max(10).default(1),
        /** Relations to follow, e.g. `ownedBy,partOf`; all unless told. */
        types: several.optional(),
        limit: z.coerce.number().int().min(1).max(2_000).default(200),
      }),
      response: z.object({
        nodes: z.array(node),
        edges: z.array(z.object({ source: z.string(), type: z.string(), target: z.string() })),
        isTruncated: z.boolean(),
        total: z.number(),
      }),
      errors: [catalogFaults.bad_query, catalogFaults.bad_ref],
      handle: async ({ query: asked }) => {
        const roots = [asked.root ?? []]
          .flat()
          .flatMap((text) => text.split(','))
          .filter((text) => text !== '')
          .map(refOf)
        const types = [asked.types ?? []]
          .flat()
          .flatMap((text) => text.split(','))
          .filter((type) => type !== '')
        const predicate = predicateOf(asked)
        return await readGraph(query, {
          roots,
          depth: asked.depth,
          limit: asked.limit,
          ...(types.length > 0 ? { types } : {}),
          ...(predicate ? { predicate } : {}),
        })
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/entities/validate',
      operation: 'entities.validate',
      summary: 'Check descriptors and see what they would alter, without keeping them',
      tag: 'catalog',
      permission: 'catalog:read',
      body: z.strictObject({ text: z.string().max(1024 * 1024), file: z.string().max(1_000).default('catalog-info.yaml') }),
      response: z.object({
        problems: z.array(problem),
        entities: z.array(
          z.object({ ref: z.string(), change: z.enum(['added', 'altered', 'unchanged', 'conflict']), before: entity.nullable(), after: entity }),
        ),
      }),
      handle: async ({ body }) => {
        const preview = await previewEntities(query, { ...body, ...(deps.checks ? { checks: deps.checks } : {}) })
        return preview as unknown as {
          problems: z.infer<typeof problem>[]
          entities: { ref: string; change: 'added'; before: EntityJson | null; after: EntityJson }[]
        }
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
      query: z.object({ asOf }),
      response: z.object({
        entity,
        relations: z.array(z.object({ type: z.string(), targetRef: z.string(), title: z.string() })),
        problems: z.array(problem),
        source: z.object({ location: z.string(), repository: z.string(), path: z.string(), commit: z.string() }),
        isOrphan: z.boolean(),
        conflicts: z.array(z.object({ source: z.string(), path: z.string(), location: z.string() })),
      }),
      errors: [catalogFaults.not_found],
      handle: async ({ params, query: asked }) => {
        const ref = formatEntityRef(params)
        const index = await query.walk()
        const found = asked.asOf === undefined ? await query.findByRef(ref) : await findPast(deps, ref, new Date(asked.asOf))
        if (!found) throw catalogFaults.not_found({ ref })
        return {
          entity: found.entity as unknown as EntityJson,
          relations: (found.entity.relations ?? []).map((relation) => ({
            ...relation,
            title: index.titleOf(relation.targetRef) ?? parseEntityRef(relation.targetRef)?.name ?? relation.targetRef,
          })),
          problems: found.problems.map((item) => problem.parse(item)),
          source: {
            location:
              found.entity.metadata.annotations?.['backstage.io/view-url'] ?? found.entity.metadata.annotations?.['backstage.io/managed-by-location'] ?? '',
            repository: found.repository,
            path: found.path,
            commit: found.commit,
          },
          isOrphan: found.isOrphan,
          conflicts: asked.asOf === undefined ? await query.conflictsOf(ref) : [],
        }
      },
    }),
  ]
}

async function readerOf(deps: { query: EntityQuery; past?: PastCatalog }, asOf: string | undefined): Promise<Pick<EntityQuery, 'query'>> {
  if (asOf === undefined) return deps.query
  if (!deps.past) throw catalogFaults.bad_query({ what: 'no history is kept here: ask without asOf' })
  return await deps.past.at(new Date(asOf))
}

/** An entity of the past in the shape of one of now. */
async function findPast(deps: { past?: PastCatalog }, ref: string, at: Date): Promise<Omit<StoredEntity, 'source' | 'branch'> | undefined> {
  if (!deps.past) throw catalogFaults.bad_query({ what: 'no history is kept here: ask without asOf' })
  const found = await deps.past.find(ref, at)
  if (!found) return undefined
  const annotations = found.entity.metadata.annotations
  const repository = found.source.startsWith('git:') ? found.source.slice('git:'.length) : ''
  const path = repository === '' ? '' : (/\/blob\/[^/]+\/(.+)$/.exec(annotations?.['backstage.io/view-url'] ?? '')?.[1] ?? '')
  const isOrphan = annotations?.['backstage.io/orphan'] === 'true'
  return { ref, entity: found.entity, problems: [], repository, path, commit: found.commit, isOrphan }
}

function refOf(text: string): string {
  const parts = parseEntityRef(text)
  if (!parts) throw catalogFaults.bad_ref({ ref: text })
  return formatEntityRef(parts)
}

function cursorOf(next: number): string {
  return Buffer.from(String(next)).toString('base64url')
}

function offsetOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!/^\d{1,9}$/.test(text)) throw catalogFaults.bad_query({ what: 'this cursor is not one that the catalog gave' })
  return Number(text)
}
