import { z } from 'zod'
import { jsonRoute, type Caller, type Route } from '#kernel/node/http'
import { resourceOf } from './backstage-location-routes.ts'
import { locationFaults } from './location-faults.ts'
import type { LocationService } from './location-service.ts'
import type { LocationStore } from './location-store.ts'
import { originOf } from './location-identity.ts'
import type { Location } from './location.ts'
import { previewEntities } from './preview-entities.ts'
import { placeText, previewFiles } from './preview-files.ts'
import type { SourceHost } from './source-host.ts'

/** What the routes work with. */
export interface LocationRoutesDeps {
  service: LocationService
  store: LocationStore
  hosts: () => Promise<readonly SourceHost[]>
  /** How many entities have this origin, e.g. `url:https://github.com/acme/orders`. */
  countEntities: (origin: string) => Promise<number>
}

const problem = z.object({ field: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional() })
const location = z.object({
  id: z.string(),
  target: z.string(),
  type: z.enum(['url', 'git', 'organisation', 'file']),
  /** The type in words, e.g. `Repository`. */
  title: z.string(),
  state: z.enum(['reading', 'ok', 'partial', 'failed']),
  problems: z.array(problem),
  entityCount: z.number(),
  allow: z.array(z.string()),
  isBuiltIn: z.boolean(),
  /** The organisation that it belongs to. */
  parentId: z.string().nullable(),
  addedBy: z.string(),
  addedAt: z.string(),
  lastReadAt: z.string().nullable(),
  nextReadAt: z.string().nullable(),
})
type Shown = z.infer<typeof location>

const TITLES: Readonly<Record<Location['kind'], string>> = { url: 'File', git: 'Repository', organisation: 'Organisation', file: 'Folder' }
const idParams = z.object({ id: z.string() })

/** Our routes of where descriptors come from. */
export function locationRoutes(deps: LocationRoutesDeps): Route[] {
  const { service, store } = deps
  const shown = async (item: Location, hosts: readonly SourceHost[], isWhole: boolean): Promise<Shown> => {
    const origin = originOf(item, hosts)
    const inFiles = isWhole ? (await store.listFiles(item.id)).flatMap((file) => file.problems) : []
    return {
      id: item.id,
      target: item.isBuiltIn ? origin.replace(/^url:/, '') : item.target,
      type: item.kind,
      title: TITLES[item.kind],
      state: item.state,
      problems: [...item.problems, ...inFiles].slice(0, 200),
      // The Location that stands for it is not what people count.
      entityCount: Math.max(0, (await deps.countEntities(origin)) - (item.isBuiltIn || item.parentId !== null ? 0 : 1)),
      allow: [...item.allow],
      isBuiltIn: item.isBuiltIn,
      parentId: item.parentId,
      addedBy: item.addedBy,
      addedAt: item.addedAt.toISOString(),
      lastReadAt: item.lastReadAt?.toISOString() ?? null,
      nextReadAt: item.nextReadAt?.toISOString() ?? null,
    }
  }
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/locations',
      operation: 'locations.list',
      summary: 'List where descriptors come from',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({
        /** Whether repositories of the built-in Git host are listed: only they (`true`), or all but they (`false`). Both unless told. */
        builtIn: z.enum(['true', 'false']).optional(),
        parent: z.string().optional(),
        cursor: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      response: z.object({ items: z.array(location), nextCursor: z.string().nullable(), total: z.number() }),
      handle: async ({ query }) => {
        const isBuiltIn = query.builtIn === undefined ? undefined : query.builtIn === 'true'
        const hosts = await deps.hosts()
        const found = await store.list({ limit: query.limit + 1, after: query.cursor, isBuiltIn, parentId: query.parent })
        const items = found.slice(0, query.limit)
        return {
          items: await Promise.all(items.map((item) => shown(item, hosts, false))),
          nextCursor: found.length > query.limit ? (items.at(-1)?.id ?? null) : null,
          total: await store.count(isBuiltIn),
        }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/locations',
      operation: 'locations.create',
      summary: 'Register where descriptors come from, or see what registering would give',
      tag: 'catalog',
      permission: 'location:create',
      status: 201,
      body: z.strictObject({ target: z.string().min(1).max(2_000), allow: z.array(z.string()).max(10).optional(), dryRun: z.boolean().optional() }),
      response: z.object({ ...location.shape, entities: z.array(z.object({ ref: z.string(), file: z.string() })).optional() }),
      errors: [
        locationFaults.bad_target,
        locationFaults.exists,
        locationFaults.built_in,
        locationFaults.not_allowed,
        locationFaults.refused,
        locationFaults.unreadable,
      ],
      handle: async ({ body, caller }) => {
        const input = { target: body.target, ...(body.allow === undefined ? {} : { allow: body.allow }) }
        const hosts = await deps.hosts()
        if (body.dryRun !== true) return await shown(await service.add(input, caller), hosts, false)
        return await dryRun(deps, input, caller, hosts)
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/locations/{id}',
      operation: 'locations.get',
      summary: 'Get a location with all that is wrong in it',
      tag: 'catalog',
      permission: 'catalog:read',
      params: idParams,
      response: location,
      errors: [locationFaults.not_found],
      handle: async ({ params }) => await shown(await service.get(params.id), await deps.hosts(), true),
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/locations/{id}',
      operation: 'locations.delete',
      summary: 'Take a location and its entities out of the catalog',
      tag: 'catalog',
      permission: 'location:delete',
      resource: async ({ params }) => await resourceOf(store, params.id),
      status: 204,
      params: idParams,
      response: z.null(),
      errors: [locationFaults.not_found, locationFaults.built_in],
      handle: async ({ params, caller }) => {
        await service.remove(params.id, caller)
        return null
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/locations/{id}/refresh',
      operation: 'locations.refresh',
      summary: 'Have a location read now',
      tag: 'catalog',
      permission: 'location:refresh',
      status: 202,
      params: idParams,
      response: location,
      errors: [locationFaults.not_found],
      handle: async ({ params }) => await shown(await service.refresh(params.id), await deps.hosts(), false),
    }),
  ]
}

async function dryRun(
  deps: LocationRoutesDeps,
  input: { target: string; allow?: string[] },
  caller: Caller,
  hosts: readonly SourceHost[],
): Promise<Shown & { entities: { ref: string; file: string }[] }> {
  const preview = await deps.service.preview(input, caller)
  const files = await previewFiles(preview, hosts)
  const entities = files.flatMap((file) =>
    previewEntities(placeText(file.place), file.text, { location: file.location, origin: file.location }).map((entity) => ({
      ref: `${entity.kind}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`.toLowerCase(),
      file: placeText(file.place),
    })),
  )
  const { kind, target } = preview.target
  return {
    id: preview.existing?.id ?? `dry-run:${target}`,
    target,
    type: kind,
    title: TITLES[kind],
    state: preview.problems.length === 0 ? 'ok' : files.length === 0 ? 'failed' : 'partial',
    problems: preview.problems,
    entityCount: entities.length,
    allow: input.allow ?? [],
    isBuiltIn: false,
    parentId: null,
    addedBy: caller.principal,
    addedAt: new Date().toISOString(),
    lastReadAt: null,
    nextReadAt: null,
    entities,
  }
}
