import { createHash } from 'node:crypto'
import { z } from 'zod'
import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import { readJson, type Route } from '#kernel/node/http'
import { backstageRoute } from './backstage-route.ts'
import { catalogFaults } from './catalog-faults.ts'
import { readDescriptors } from './descriptor-source.ts'
import { checkEntity } from './entity-check.ts'
import { formatEntityRef } from './entity-ref.ts'

/** A descriptor file, as Backstage names it. */
interface Location {
  id: string
  type: 'url'
  target: string
  entityRef: string
}

type LinkTo = (place: { repository: string; branch: string; path: string }) => string
const MAX_LOCATIONS = 1_000

/** Backstage's location routes over the files that were read, and its check of a single entity. */
export function backstageLocationRoutes(db: Database, linkTo: LinkTo): Route[] {
  const read = async (rest: ReturnType<typeof sql>): Promise<Location[]> => {
    const { rows } = await sql<{
      id: string
      repository: string
      branch: string
      path: string
    }>`select id, repository, branch, path from catalog_file f ${rest}`.execute(db)
    return rows.map((row) => {
      const target = linkTo(row)
      return { id: row.id, type: 'url', target, entityRef: `location:default/generated-${createHash('sha1').update(`url:${target}`).digest('hex')}` }
    })
  }
  return [
    backstageRoute({
      method: 'GET',
      path: '/locations',
      operation: 'backstage.getLocations',
      summary: 'List where entities are read from',
      handle: async () => (await read(sql`order by repository, path limit ${MAX_LOCATIONS}`)).map((data) => ({ data })),
    }),
    backstageRoute({
      method: 'POST',
      path: '/locations/by-query',
      operation: 'backstage.getLocationsByQuery',
      summary: 'Page through locations',
      handle: async ({ request }) => {
        const body = z
          .object({ limit: z.number().int().min(0).max(MAX_LOCATIONS).optional(), cursor: z.string().optional() })
          .safeParse(await readJson(request))
        if (!body.success) throw catalogFaults.bad_query({ what: 'limit is a number up to 1000, cursor a text' })
        const limit = body.data.limit ?? MAX_LOCATIONS
        const after = body.data.cursor === undefined ? '00000000-0000-0000-0000-000000000000' : Buffer.from(body.data.cursor, 'base64').toString('utf8')
        if (!z.guid().safeParse(after).success) throw catalogFaults.bad_query({ what: 'Malformed cursor' })
        const found = await read(sql`where f.id > ${after}::uuid order by f.id limit ${limit + 1}`)
        const items = found.slice(0, limit)
        const { rows } = await sql<{ count: number }>`select count(*)::int as count from catalog_file`.execute(db)
        const last = items.at(-1)
        return { items, totalItems: rows[0]?.count ?? 0, pageInfo: found.length > limit && last ? { nextCursor: Buffer.from(last.id).toString('base64') } : {} }
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/locations/{id}',
      operation: 'backstage.getLocation',
      summary: 'Get one location',
      handle: async ({ params }) => {
        const id = z.guid().safeParse(params['id'])
        const [found] = id.success ? await read(sql`where f.id = ${id.data}::uuid`) : []
        if (!found) throw catalogFaults.location_not_found({ id: params['id'] ?? '' })
        return found
      },
    }),
    backstageRoute({
      method: 'GET',
      path: '/locations/by-entity/{kind}/{namespace}/{name}',
      operation: 'backstage.getLocationByEntity',
      summary: 'Get the location that an entity is read from',
      handle: async ({ params }) => {
        const ref = formatEntityRef({ kind: params['kind'] ?? '', namespace: params['namespace'] ?? '', name: params['name'] ?? '' })
        const [found] = await read(sql`where f.id = (select file_id from entity where ref = ${ref})`)
        if (!found) throw catalogFaults.not_found({ ref })
        return found
      },
    }),
    backstageRoute({
      method: 'POST',
      path: '/validate-entity',
      operation: 'backstage.validateEntity',
      summary: 'Check an entity without keeping it',
      handle: async ({ request }) => {
        const body = z.object({ entity: z.unknown(), location: z.string() }).safeParse(await readJson(request))
        if (!body.success) throw catalogFaults.bad_query({ what: 'Missing entity or location' })
        const document = readDescriptors('entity', JSON.stringify(body.data.entity)).documents[0]
        const problems = document ? checkEntity(document).problems : [{ field: '', message: 'it is no object' }]
        if (problems.length === 0) return new Response(null, { status: 200 })
        return Response.json({ errors: problems.map(({ field, message }) => ({ name: 'InputError', message: `${field}: ${message}` })) }, { status: 400 })
      },
    }),
  ]
}
