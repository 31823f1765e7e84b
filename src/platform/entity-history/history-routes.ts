import { z } from 'zod'
import { httpFaults, jsonRoute, rawRoute, type Caller, type Route } from '#kernel/node/http'
import { catalogFaults, entityFilterQuery, formatEntityRef, predicateOf, type Catalog } from '#platform/catalog'
import { explainEntity, type ExplainDeps } from './explain-entity.ts'
import { fieldDiff } from './field-diff.ts'
import { historyFaults } from './history-faults.ts'
import { isKnown, listHistory } from './history-store.ts'
import { LiveQueries } from './live-query.ts'
import { openLiveStream } from './live-stream.ts'

const refParams = z.object({ kind: z.string().min(1), namespace: z.string().min(1), name: z.string().min(1) })
const BASE = '/api/v1/entities/{kind}/{namespace}/{name}'
/** Longer texts of a field, e.g. an API's definition, are cut. */
const MAX_TEXT = 4_000

export interface HistoryRoutesDeps extends ExplainDeps {
  catalog: () => Pick<Catalog, 'reader' | 'query' | 'subscribe'>
  watchCredential: (caller: Caller, onEnd: () => void) => Disposable
  heartbeatMs: number
}

export function historyRoutes(deps: HistoryRoutesDeps): Route[] {
  let live: LiveQueries | undefined
  return [
    jsonRoute({
      method: 'GET',
      path: `${BASE}/history`,
      operation: 'entities.history',
      summary: 'List what happened to an entity, newest first: who, when, by which change and commit, and which fields',
      tag: 'catalog',
      permission: 'catalog:read',
      params: refParams,
      query: z.object({ cursor: z.string().max(100).optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
      response: z.object({
        items: z.array(
          z.object({
            id: z.string(),
            at: z.iso.datetime(),
            kind: z.enum(['added', 'altered', 'removed']),
            actor: z.string(),
            changeId: z.string().nullable(),
            commit: z.string().nullable(),
            location: z.string(),
            fields: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
          }),
        ),
        nextCursor: z.string().nullable(),
      }),
      errors: [catalogFaults.not_found, historyFaults.bad_cursor],
      handle: async ({ params, query }) => {
        const ref = formatEntityRef(params)
        const before = query.cursor
        if (before !== undefined && !/^\d{1,15}$/.test(before)) throw historyFaults.bad_cursor({})
        const rows = await listHistory(deps.db, ref, { limit: query.limit + 1, ...(before === undefined ? {} : { before: Number(before) }) })
        if (rows.length === 0 && !(await isKnown(deps.db, ref))) throw catalogFaults.not_found({ ref })
        const page = rows.slice(0, query.limit)
        return {
          items: page.map((row) => ({
            id: String(row.id),
            at: row.at.toISOString(),
            kind: row.kind,
            actor: row.actor,
            changeId: row.changeId,
            commit: row.commit === '' ? null : row.commit,
            location: (row.after ?? row.before)?.metadata.annotations?.['backstage.io/managed-by-location'] ?? row.source,
            // What was added or removed as a whole is the entity itself.
            fields:
              row.kind === 'altered'
                ? fieldDiff(row.before, row.after).map(({ path, ...sides }) => ({ path, before: cut(sides.before), after: cut(sides.after) }))
                : [],
          })),
          nextCursor: rows.length > query.limit ? String(page.at(-1)?.id) : null,
        }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${BASE}/explain`,
      operation: 'entities.explain',
      summary: 'Say why a field of an entity is as it is: the line that says so, who wrote it, and by which change',
      tag: 'catalog',
      permission: 'catalog:read',
      params: refParams,
      query: z.object({ field: z.string().max(500).default('') }),
      response: z.object({
        ref: z.string(),
        field: z.string(),
        value: z.unknown(),
        source: z.object({
          location: z.string(),
          file: z.string(),
          line: z.number().nullable(),
          column: z.number().nullable(),
          repository: z.string(),
          branch: z.string(),
          commit: z.string(),
        }),
        last: z
          .object({ at: z.iso.datetime(), actor: z.string(), changeId: z.string().nullable(), commit: z.string().nullable(), kind: z.string() })
          .nullable(),
        relations: z.array(z.object({ type: z.string(), targetRef: z.string(), declaredBy: z.string() })),
        problems: z.array(z.object({ field: z.string(), message: z.string() })),
        sentence: z.string(),
      }),
      errors: [catalogFaults.not_found],
      handle: async ({ params, query }) => {
        const { relations, problems, ...rest } = await explainEntity(deps, formatEntityRef(params), query.field)
        return { ...rest, value: cut(rest.value), relations: [...relations], problems: [...problems] }
      },
    }),
    rawRoute({
      method: 'GET',
      path: '/api/v1/entities/stream',
      operation: 'entities.stream',
      summary: 'Follow a list of entities (server-sent events): its state, then each change',
      tag: 'catalog',
      permission: 'catalog:read',
      challenge: 'Bearer',
      errors: [catalogFaults.bad_query, historyFaults.too_many_streams],
      handle: async ({ caller, url, signal }) => {
        if (!caller) throw httpFaults.unauthenticated({})
        const { query } = deps.catalog()
        const asked = Object.fromEntries(
          Object.keys(entityFilterQuery).flatMap((name) => (url.searchParams.has(name) ? [[name, url.searchParams.getAll(name)]] : [])),
        )
        const words = url.searchParams.get('q')
        const predicate = predicateOf({ ...asked, q: words === null ? undefined : words.slice(0, 200) })
        live ??= new LiveQueries(deps.catalog())
        const followed = live
        return await openLiveStream({
          ...deps,
          live,
          predicate,
          state: () => followed.stateOf(predicate) ?? { event: 'state', version: query.version(), total: 0 },
          caller,
          signal,
        })
      },
    }),
  ]
}

function cut(value: unknown): unknown {
  return typeof value === 'string' && value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : (value ?? null)
}
