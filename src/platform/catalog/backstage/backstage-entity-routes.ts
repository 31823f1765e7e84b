import { z } from 'zod'
import { readJson, type Route } from '#kernel/node/http'
import { catalogFaults } from '../catalog-faults.ts'
import type { EntityOrder, EntityText } from '../catalog-reader.ts'
import type { Entity } from '../entity.ts'
import { assertPredicate, parseFilters } from '../entity-predicate.ts'
import type { EntityQuery } from '../entity-query.ts'
import { formatEntityRef } from '../entity-ref.ts'
import type { BatchIngestion } from '../ingestion/batch-ingestion.ts'
import { readAncestry } from './ancestry.ts'
import { backstageRoute } from './backstage-route.ts'
import { listResponse } from './list-response.ts'
import { pickFields } from './entity-fields.ts'
import { readPage, type PageRequest } from './entity-paging.ts'
import { taggedJson, wholeJson } from './tagged-json.ts'

const DEFAULT_LIMIT = 20
/** Of one page. Backstage has no bound; whoever wants all has `GET /entities`. */
const MAX_LIMIT = 10_000
const order = z.object({ field: z.string().min(1).max(300), order: z.enum(['asc', 'desc']) })
const fields = z.array(z.string()).max(100).optional()
const pageBody = z.object({
  query: z.unknown().optional(),
  limit: z.number().int().min(0).optional(),
  offset: z.number().int().min(0).optional(),
  orderBy: z.array(order).optional(),
  fullTextFilter: z.object({ term: z.string().optional(), fields: z.array(z.string()).optional() }).optional(),
  fields,
  totalItems: z.enum(['include', 'exclude']).optional(),
  cursor: z.string().optional(),
})
const refsBody = z.object({ entityRefs: z.array(z.string()).max(1_000), fields, query: z.unknown().optional() })
const facetsBody = z.object({ facets: z.array(z.string()).min(1).max(50), query: z.unknown().optional() })

/** Backstage's entity routes, as `@backstage/catalog-client` calls them. */
export function backstageEntityRoutes({ query, ingestion }: { query: EntityQuery; ingestion: Pick<BatchIngestion, 'removeEntity'> }): Route[] {
  return [
    backstageRoute({
      method: 'GET',
      path: '/entities',
      operation: 'backstage.getEntities',
      summary: "List entities in Backstage's shape",
      handle: async ({ request, url }) => {
        const predicate = parseFilters(url.searchParams.getAll('filter'))
        const fields = fieldsOf(commaList(url, 'fields'))
        const after = afterOf(url.searchParams.get('after'))
        const limit = after.limit ?? numberOf(url, 'limit')
        const offset = after.offset ?? numberOf(url, 'offset') ?? 0
        const found = query.stream({
          ...(predicate === undefined ? {} : { predicate }),
          orders: url.searchParams.getAll('order').map(parseColonOrder),
          tie: 'ref',
          ...(limit === undefined ? {} : { limit }),
          offset,
        })
        const hasNext = limit !== undefined && offset + limit < (await query.count(predicate))
        const headers: Record<string, string> = hasNext ? { link: linkToNext(url, { limit, offset: offset + limit }) } : {}
        return await listResponse(
          found,
          (json) => picked(json, fields),
          (text) => (fields.length > 0 ? taggedJson(request, text, 200, headers) : wholeJson(text, headers)),
          headers,
        )
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/entities/by-query',
      operation: 'backstage.getEntitiesByQuery',
      summary: 'Page through entities',
      handle: async ({ request: asked, url }) => {
        const cursor = url.searchParams.get('cursor')
        const predicate = parseFilters(url.searchParams.getAll('filter'))
        const orderField = url.searchParams.getAll('orderField').map(parseCommaOrder)[0]
        const term = url.searchParams.get('fullTextFilterTerm')
        const textFields = commaList(url, 'fullTextFilterFields')
        const request: PageRequest = {
          ...(cursor === null ? {} : { cursor }),
          ...(predicate === undefined ? {} : { predicate }),
          ...(orderField === undefined ? {} : { order: orderField }),
          ...(term === null ? {} : { text: { term, ...(textFields.length > 0 ? { fields: textFields } : {}) } }),
          limit: Math.min(numberOf(url, 'limit') ?? DEFAULT_LIMIT, MAX_LIMIT),
          offset: numberOf(url, 'offset') ?? 0,
          isTotalWanted: url.searchParams.get('totalItems') !== 'exclude',
        }
        return await answerPage(query, request, fieldsOf(commaList(url, 'fields')), asked)
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/entities/by-query',
      operation: 'backstage.queryEntitiesByPredicate',
      summary: 'Page through entities by a predicate',
      handle: async ({ request }) => {
        const body = parse(pageBody, await readJson(request))
        const page: PageRequest = {
          ...(body.cursor === undefined ? {} : { cursor: body.cursor }),
          ...(body.query === undefined ? {} : { predicate: assertPredicate(body.query) }),
          ...(body.orderBy?.[0] === undefined ? {} : { order: body.orderBy[0] }),
          ...(body.fullTextFilter?.term === undefined
            ? {}
            : { text: { term: body.fullTextFilter.term, ...(body.fullTextFilter.fields ? { fields: body.fullTextFilter.fields } : {}) } }),
          limit: Math.min(body.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
          offset: body.offset ?? 0,
          isTotalWanted: body.totalItems !== 'exclude',
        }
        return await answerPage(query, page, fieldsOf(body.fields ?? []), request)
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/entities/by-refs',
      operation: 'backstage.getEntitiesByRefs',
      summary: 'Get entities by ref, in the order asked, null for absent ones',
      handle: async ({ request, url }) => {
        const body = parse(refsBody, await readJson(request))
        const predicate = body.query === undefined ? parseFilters(url.searchParams.getAll('filter')) : assertPredicate(body.query)
        const found = await query.listTexts(body.entityRefs, predicate)
        const fields = fieldsOf(body.fields ?? [])
        const items = body.entityRefs.map((ref) => found.get(ref.toLowerCase())).map((json) => (json === undefined ? 'null' : picked(json, fields)))
        const text = `{"items":[${items.join(',')}]}`
        return fields.length > 0 ? taggedJson(request, text) : wholeJson(text)
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/entities/by-name/{kind}/{namespace}/{name}',
      operation: 'backstage.getEntityByName',
      summary: 'Get one entity',
      handle: async ({ params }) => wholeJson((await getByName(query, params)).json),
    }),
    backstageRoute({
      method: 'GET',
      path: '/entities/by-name/{kind}/{namespace}/{name}/ancestry',
      operation: 'backstage.getEntityAncestryByName',
      summary: 'Get an entity with those that it comes from',
      handle: async ({ request, params }) => {
        const { ref } = await getByName(query, params)
        const items = (await readAncestry(query, ref)).map(({ json, parents }) => `{"entity":${json},"parentEntityRefs":${JSON.stringify(parents)}}`)
        return taggedJson(request, `{"rootEntityRef":${JSON.stringify(ref)},"items":[${items.join(',')}]}`)
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/entities/by-uid/{uid}',
      operation: 'backstage.getEntityByUid',
      summary: 'Get one entity by uid',
      handle: async ({ params }) => {
        const uid = params['uid'] ?? ''
        const found = isUid(uid) ? await query.findTextByUid(uid) : undefined
        if (!found) throw catalogFaults.no_entity({ what: `No entity with uid ${uid}` })
        return wholeJson(found.json)
      },
    }),
    backstageRoute({
      method: 'DELETE',
      path: '/entities/by-uid/{uid}',
      operation: 'backstage.deleteEntityByUid',
      summary: 'Remove one entity; the next reading of its file brings it back',
      permission: 'catalog:write',
      handle: async ({ params, caller }) => {
        const uid = params['uid'] ?? ''
        if (isUid(uid)) await ingestion.removeEntity(uid, caller?.principal ?? 'system:fairway')
        return new Response(null, { status: 204 })
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/entity-facets',
      operation: 'backstage.getEntityFacets',
      summary: 'Count the values of facets',
      handle: async ({ url }) => {
        const facets = url.searchParams.getAll('facet')
        if (facets.length === 0 || facets.length > 50) throw catalogFaults.bad_query({ what: 'Missing facet parameter: give one to fifty' })
        return { facets: await query.facets(facets, parseFilters(url.searchParams.getAll('filter'))) }
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/entity-facets',
      operation: 'backstage.queryEntityFacetsByPredicate',
      summary: 'Count the values of facets by a predicate',
      handle: async ({ request }) => {
        const body = parse(facetsBody, await readJson(request))
        return { facets: await query.facets(body.facets, body.query === undefined ? undefined : assertPredicate(body.query)) }
      },
    }),
  ]
}

async function answerPage(query: EntityQuery, request: PageRequest, fields: readonly string[], asked: Request): Promise<Response> {
  const { items, totalItems, pageInfo } = await readPage(query, request)
  const text = `{"items":${listText(items, fields)},"totalItems":${totalItems},"pageInfo":${JSON.stringify(pageInfo)}}`
  return fields.length > 0 ? taggedJson(asked, text) : wholeJson(text)
}

async function getByName(query: EntityQuery, params: Readonly<Record<string, string>>): Promise<EntityText> {
  const { kind = '', namespace = '', name = '' } = params
  const found = await query.findText(formatEntityRef({ kind, namespace, name }))
  if (!found) throw catalogFaults.no_entity({ what: `No entity named '${name}' found, with kind '${kind}' in namespace '${namespace}'` })
  return found
}

/** Documents pass through unparsed, but for those of which only some fields are wanted. */
function listText(items: readonly EntityText[], fields: readonly string[]): string {
  return `[${items.map(({ json }) => picked(json, fields)).join(',')}]`
}

function picked(json: string, fields: readonly string[]): string {
  return fields.length === 0 ? json : JSON.stringify(pickFields(JSON.parse(json) as Entity, fields))
}

function isUid(text: string): boolean {
  return z.guid().safeParse(text).success
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (!result.success) throw catalogFaults.bad_query({ what: z.prettifyError(result.error).replaceAll('\n', ' ') })
  return result.data
}

function parseColonOrder(text: string): EntityOrder {
  const match = /^(asc|desc):(.+)$/.exec(text)
  if (!match?.[2]) throw catalogFaults.bad_query({ what: `Invalid order parameter "${text}", expected <asc or desc>:<field name>` })
  return { order: match[1] === 'desc' ? 'desc' : 'asc', field: match[2] }
}

function parseCommaOrder(text: string): EntityOrder {
  const [field, direction = 'asc'] = text.split(',')
  if (!field || !['asc', 'desc'].includes(direction))
    throw catalogFaults.bad_query({ what: `Invalid order field "${text}", expected <field name>,<asc or desc>` })
  return { field, order: direction === 'desc' ? 'desc' : 'asc' }
}

function commaList(url: URL, name: string): string[] {
  return url.searchParams.getAll(name).flatMap((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
}

function numberOf(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name)
  if (text === null) return undefined
  if (!/^\d{1,9}$/.test(text)) throw catalogFaults.bad_query({ what: `Invalid ${name} "${text}", expected a number from 0` })
  return Number(text)
}

/** Fields as they may be asked for. */
function fieldsOf(fields: readonly string[]): readonly string[] {
  if (fields.some((field) => field.includes('['))) throw catalogFaults.bad_query({ what: 'invalid fields, array type fields are not supported' })
  return fields
}

const afterSchema = z.object({ limit: z.number().int().min(0).optional(), offset: z.number().int().min(0).optional() })

/** Where a page begins, as the `link` of the one before it says. */
function afterOf(after: string | null): z.infer<typeof afterSchema> {
  if (after === null) return {}
  try {
    return afterSchema.parse(JSON.parse(Buffer.from(after, 'base64').toString('utf8')))
  } catch (error) {
    throw catalogFaults.bad_query({ what: 'Malformed after cursor, could not be parsed' }, { cause: error })
  }
}

function linkToNext(url: URL, next: { limit: number; offset: number }): string {
  const search = new URLSearchParams(url.search)
  search.delete('offset')
  search.set('after', Buffer.from(JSON.stringify(next)).toString('base64'))
  return `</entities?${search.toString()}>; rel="next"`
}
