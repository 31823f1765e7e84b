import { z } from 'zod'
import { readJson, type Caller, type RawInput, type Route } from '#kernel/node/http'
import { isFault } from '#kernel/common/fault'
import { assertPredicate, backstageRoute, catalogFaults, formatEntityRef, parseEntityRef, type CatalogReader, type Entity } from '#platform/catalog'
import { analyzeLocation } from './analyze-location.ts'
import { backstageErrors } from './backstage-validation.ts'
import { generatedName } from './location-entity.ts'
import { locationFaults } from './location-faults.ts'
import { originOf } from './location-identity.ts'
import type { LocationReadingDeps } from './location-reading.ts'
import type { LocationService } from './location-service.ts'
import type { LocationStore } from './location-store.ts'
import { backstageType, type Location } from './location.ts'
import { matchesPredicate } from './object-predicate.ts'
import { previewEntities } from './preview-entities.ts'
import { placeText, previewFiles } from './preview-files.ts'
import type { SourceHost } from './source-host.ts'

/** What Backstage's location routes work with. */
export interface BackstageLocationDeps {
  service: LocationService
  store: LocationStore
  reader: Pick<CatalogReader, 'findByRef'>
  hosts: () => Promise<readonly SourceHost[]>
  egress: LocationReadingDeps['egress']
}

interface BackstageLocation {
  id: string
  type: string
  target: string
  entityRef: string
}

const MAX_LOCATIONS = 10_000
const body = z.object({ type: z.string(), target: z.string() })

/** Backstage's routes around locations, in its own shapes and words. */
export function backstageLocationRoutes(deps: BackstageLocationDeps): Route[] {
  const { service, store } = deps
  const shown = (location: Location, hosts: readonly SourceHost[]): BackstageLocation => {
    const type = backstageType(location)
    const target = originOf(location, hosts).slice(type.length + 1)
    return { id: location.id, type, target, entityRef: `location:default/${generatedName({ type, target })}` }
  }
  const all = async (): Promise<BackstageLocation[]> => {
    const hosts = await deps.hosts()
    return (await store.list({ limit: MAX_LOCATIONS })).map((location) => shown(location, hosts))
  }
  const get = async (id: string): Promise<Location> => await service.get(id).catch(rethrown(`Found no location with ID ${id}`))
  // The router lets nobody through that it does not know.
  const callerOf = (input: RawInput): Caller => input.caller as Caller

  return [
    backstageRoute({
      method: 'GET',
      path: '/locations',
      operation: 'backstage.getLocations',
      summary: 'List where entities are read from',
      handle: async () => (await all()).map((data) => ({ data })),
    }),
    backstageRoute({
      method: 'POST',
      path: '/locations',
      operation: 'backstage.createLocation',
      summary: 'Register a location',
      permission: 'location:create',
      errors: [locationFaults.exists, locationFaults.bad_target, locationFaults.refused, locationFaults.unreadable],
      handle: async (input) => {
        const { type, target } = parsed(body, await readJson(input.request))
        const caller = callerOf(input)
        // Its words and status (400) are Backstage's; files of the machine are registered by our own route.
        if (type !== 'url') throw catalogFaults.bad_query({ what: 'Registered locations must be of an allowed type ["url"]' })
        if (input.url.searchParams.get('dryRun') === 'true') return Response.json(await dryRun(deps, target, caller), { status: 201 })
        const known = await existing(deps, target)
        if (known && input.url.searchParams.get('onConflict') !== 'refresh') throw conflict(`Location url:${target} already exists`)
        const location = known ? await service.refresh(known.id) : await service.add({ target }, caller).catch(asInputError)
        return Response.json({ location: shown(location, await deps.hosts()), entities: [] }, { status: 201 })
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/locations/by-query',
      operation: 'backstage.getLocationsByQuery',
      summary: 'Page through locations',
      handle: async ({ request }) => {
        const asked = parsed(
          z.object({ limit: z.number().int().min(0).max(MAX_LOCATIONS).optional(), cursor: z.string().optional(), query: z.unknown().optional() }),
          await readJson(request),
        )
        const cursor = asked.cursor === undefined ? { limit: asked.limit, query: asked.query } : readCursor(asked.cursor)
        const limit = asked.limit ?? cursor.limit ?? 1_000
        if (cursor.query !== undefined) assertPredicate(cursor.query)
        const found = (await all())
          .filter((location) => cursor.query === undefined || matchesPredicate(cursor.query, { ...location }))
          .sort((a, b) => (a.id < b.id ? -1 : 1))
        const rest = found.filter((location) => cursor.after === undefined || location.id > cursor.after)
        const items = rest.slice(0, limit)
        const last = items.at(-1)
        const hasMore = rest.length > limit && last !== undefined
        return { items, totalItems: found.length, pageInfo: hasMore ? { nextCursor: writeCursor({ limit, query: cursor.query, after: last.id }) } : {} }
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/locations/{id}',
      operation: 'backstage.getLocation',
      summary: 'Get one location',
      errors: [locationFaults.not_found],
      handle: async ({ params }) => shown(await get(params['id'] ?? ''), await deps.hosts()),
    }),
    backstageRoute({
      method: 'PUT',
      path: '/locations/{id}',
      operation: 'backstage.updateLocation',
      summary: 'Give a location another target',
      permission: 'location:delete',
      resource: async ({ params }) => await resourceOf(store, params['id']),
      errors: [locationFaults.not_found, locationFaults.exists, locationFaults.bad_target, locationFaults.built_in],
      handle: async (input) => {
        const { type, target } = parsed(body, await readJson(input.request))
        if (type !== 'url') throw catalogFaults.bad_query({ what: 'Registered locations must be of an allowed type ["url"]' })
        const location = await get(input.params['id'] ?? '')
        return shown(await service.setTarget(location.id, { target }, callerOf(input)).catch(asInputError), await deps.hosts())
      },
    }),
    backstageRoute({
      method: 'DELETE',
      path: '/locations/{id}',
      operation: 'backstage.deleteLocation',
      summary: 'Take a location and its entities out of the catalog',
      permission: 'location:delete',
      resource: async ({ params }) => await resourceOf(store, params['id']),
      errors: [locationFaults.not_found, locationFaults.built_in],
      handle: async (input) => {
        const location = await get(input.params['id'] ?? '')
        await service.remove(location.id, callerOf(input))
        return new Response(null, { status: 204 })
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/locations/by-entity/{kind}/{namespace}/{name}',
      operation: 'backstage.getLocationByEntity',
      summary: 'Get the location that an entity is read from',
      handle: async ({ params }) => {
        const ref = formatEntityRef({ kind: params['kind'] ?? '', namespace: params['namespace'] ?? '', name: params['name'] ?? '' })
        const found = await deps.reader.findByRef(ref)
        const location = found && (await store.findBySource(found.source.replace(/#listed$/, '')))
        if (!found || !location) throw notFound(found ? `no location found for entity ${ref}` : `entity ${ref} not found`)
        return shown(location, await deps.hosts())
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/refresh',
      operation: 'backstage.refreshEntity',
      summary: 'Have the location of an entity read again',
      permission: 'location:refresh',
      handle: async ({ request }) => {
        const { entityRef } = parsed(z.object({ entityRef: z.string() }), await readJson(request))
        const parts = parseEntityRef(entityRef, { kind: 'component' })
        if (!parts) throw catalogFaults.bad_query({ what: `Entity reference "${entityRef}" was not on the form [<kind>:][<namespace>/]<name>` })
        const found = await deps.reader.findByRef(formatEntityRef(parts))
        if (!found) throw notFound(`Entity ${formatEntityRef(parts)} not found`)
        const location = await store.findBySource(found.source.replace(/#listed$/, ''))
        if (location) await service.refresh(location.id)
        return new Response(null, { status: 200 })
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/analyze-location',
      operation: 'backstage.analyzeLocation',
      summary: 'Look which descriptors a repository has',
      errors: [locationFaults.bad_target, locationFaults.unreadable],
      handle: async ({ request }) => {
        const asked = parsed(
          z.object({
            location: body,
            catalogFileName: z
              .string()
              .regex(/^[\w.-]{1,100}$/)
              .optional(),
          }),
          await readJson(request),
        )
        if (asked.location.type !== 'url') throw catalogFaults.bad_query({ what: 'only locations of type "url" are analyzed' })
        const isRegistered = async (target: string): Promise<boolean> => (await existing(deps, target)) !== undefined
        return await analyzeLocation(
          { hosts: await deps.hosts(), egress: deps.egress, isRegistered },
          { target: asked.location.target, fileName: asked.catalogFileName ?? 'catalog-info.yaml' },
        ).catch(asInputError)
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/validate-entity',
      operation: 'backstage.validateEntity',
      summary: 'Check an entity without keeping it',
      handle: async ({ request }) => {
        const errors = await backstageErrors(await readJson(request))
        return errors.length === 0 ? new Response(null, { status: 200 }) : Response.json({ errors }, { status: 400 })
      },
    }),
  ]
}

/** Who added a location is what policies ask for. */
export async function resourceOf(store: LocationStore, id: string | undefined): Promise<{ type: string; id: string; attributes: Record<string, string> }> {
  const found = await store.find(id ?? '')
  return { type: 'Location', id: id ?? '', attributes: found ? { addedBy: found.addedBy } : {} }
}

async function dryRun(
  deps: BackstageLocationDeps,
  target: string,
  caller: Caller,
): Promise<{ exists: boolean; location: BackstageLocation; entities: Entity[] }> {
  const preview = await deps.service.preview({ target }, caller).catch(asInputError)
  const name = generatedName({ type: 'url', target })
  const origin = `url:${target}`
  const files = await previewFiles(preview, await deps.hosts())
  const generated: Entity = {
    metadata: {
      annotations: {
        'backstage.io/managed-by-location': origin,
        'backstage.io/managed-by-origin-location': origin,
        'backstage.io/view-url': target,
        ...editOf(files[0]),
      },
      name,
      namespace: 'default',
    },
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    spec: { type: 'url', target },
  }
  const [problem] = preview.problems
  if (files.length === 0 && problem) throw catalogFaults.bad_query({ what: problem.message })
  const entities = files.flatMap((file) => previewEntities(placeText(file.place), file.text, { ...file, origin }))
  return {
    exists: preview.existing !== undefined,
    location: { type: 'url', target, id: origin, entityRef: `location:default/${name}` },
    entities: [generated, ...entities],
  }
}

function editOf(file: { editUrl: string | undefined } | undefined): Record<string, string> {
  return file?.editUrl === undefined ? {} : { 'backstage.io/edit-url': file.editUrl }
}

/** The location that a target has already: registered, or a repository of the built-in host. */
async function existing(deps: BackstageLocationDeps, target: string): Promise<Location | undefined> {
  const known = await deps.store.findByTarget(target.trim())
  if (known) return known
  const hosts = await deps.hosts()
  const builtIn = hosts.find((host) => host.type === 'built-in')
  if (!builtIn || !target.startsWith(`${builtIn.url}/`)) return undefined
  const repository = /^\/(?:repositories|git)\/([^/]+\/[^/]+?)(?:\.git)?(?:\/blob\/[^/]+\/catalog-info\.ya?ml)?$/.exec(target.slice(builtIn.url.length))?.[1]
  return repository === undefined ? undefined : await deps.store.findBySource(`git:${repository}`)
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (!result.success) throw catalogFaults.bad_query({ what: z.prettifyError(result.error).replaceAll('\n', ' ') })
  return result.data
}

function readCursor(text: string): { limit?: number | undefined; query?: unknown; after?: string | undefined } {
  try {
    const value = z
      .object({ limit: z.number().int().min(0).max(MAX_LOCATIONS).optional(), query: z.unknown().optional(), after: z.string().optional() })
      .parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')))
    return { limit: value.limit, query: value.query, after: value.after }
  } catch {
    throw catalogFaults.bad_query({ what: 'Malformed cursor' })
  }
}

function writeCursor(cursor: { limit: number; query: unknown; after: string }): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64')
}

function conflict(message: string): Error {
  return Object.assign(locationFaults.exists({ target: '' }), { message })
}

function notFound(message: string): Error {
  return Object.assign(catalogFaults.not_found({ ref: '' }), { message })
}

function rethrown(message: string): (error: unknown) => never {
  return (error) => {
    throw isFault(error, 'platform.location.not_found') ? Object.assign(error, { message }) : error
  }
}

/** What Backstage answers when a target can't be taken: 400 and InputError. */
function asInputError(error: unknown): never {
  const isInput = isFault(error) && (error.status === 422 || error.status === 502 || error.status === 504)
  throw isInput ? catalogFaults.bad_query({ what: error.message }) : error
}
