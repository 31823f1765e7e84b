import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { Search } from './search.ts'
import { backstageSearchRoute } from './backstage-search-route.ts'
import type { HitType } from './search-source.ts'

const TYPES = ['entity', 'doc', 'api', 'run', 'change'] as const satisfies readonly HitType[]
const several = z.union([z.string(), z.array(z.string())])

export function searchRoutes(deps: Pick<Search, 'find'>): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/search',
      operation: 'search.query',
      summary: 'Find entities, pages, APIs, runs and changes by words: beginnings and typos count',
      tag: 'catalog',
      permission: 'catalog:read',
      query: z.object({
        q: z.string().max(200).default(''),
        /** Some of entity, doc, api, run, change; all unless told. */
        types: several.optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      response: z.object({
        items: z.array(
          z.object({
            kind: z.string(),
            ref: z.string(),
            title: z.string(),
            summary: z.string(),
            href: z.string(),
            type: z.enum(TYPES),
            score: z.number(),
          }),
        ),
        counts: z.partialRecord(z.enum(TYPES), z.number()),
      }),
      handle: async ({ caller, query }) => {
        const types = typesOf(query.types)
        return await deps.find(caller, { text: query.q, limit: query.limit, ...(types ? { types } : {}) })
      },
    }),
    backstageSearchRoute(deps),
  ]
}

/** Types of a parameter that may be repeated or have commas; unknown ones find nothing. */
function typesOf(asked: string | string[] | undefined): HitType[] | undefined {
  const words = [asked ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '')
  return words.length === 0 ? undefined : TYPES.filter((type) => words.includes(type))
}
