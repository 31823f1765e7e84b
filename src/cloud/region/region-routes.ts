import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { REGIONS } from './region.ts'

const regionSchema = z.object({
  provider: z.enum(['aws', 'azure', 'gcp', 'local']),
  name: z.string(),
  title: z.string(),
  place: z.string(),
  country: z.string(),
  jurisdiction: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  zones: z.number().int(),
})

/** Regions of the clouds, to read. */
export function regionRoutes(): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/cloud/regions',
      operation: 'regions.list',
      summary: 'List the regions of the clouds, with place and jurisdiction',
      tag: 'cloud',
      permission: 'cloud:read',
      query: z.object({ provider: z.enum(['aws', 'azure', 'gcp', 'local']).optional(), jurisdiction: z.string().optional() }),
      response: z.object({ items: z.array(regionSchema), nextCursor: z.string().nullable() }),
      handle: ({ query }) => ({
        items: REGIONS.filter(
          (region) =>
            (query.provider === undefined || region.provider === query.provider) &&
            (query.jurisdiction === undefined || region.jurisdiction === query.jurisdiction),
        ),
        nextCursor: null,
      }),
    }),
  ]
}
