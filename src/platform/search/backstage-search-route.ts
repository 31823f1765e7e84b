import { jsonResponse, rawRoute, type Route } from '#kernel/node/http'
import type { Search } from './search.ts'
import type { HitType, SearchHit } from './search-source.ts'

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100
/** Backstage's collators by what they collect. */
const COLLATORS: Record<string, readonly HitType[]> = { 'software-catalog': ['entity', 'api'], techdocs: ['doc'] }

/** Backstage's search, as its search page and plugins ask: `term`, `types[0]`, `filters[kind]`, `pageLimit`, `pageCursor`. */
export function backstageSearchRoute({ find }: Pick<Search, 'find'>): Route {
  return rawRoute({
    method: 'GET',
    path: '/api/search/query',
    operation: 'backstage.search',
    summary: "Find things by words, in Backstage's shape",
    tag: 'backstage',
    permission: 'catalog:read',
    renderFault: ({ status, detail }) => jsonResponse({ error: { name: 'Error', message: detail }, response: { statusCode: status } }, { status }),
    handle: async ({ caller, url }) => {
      const limit = Math.min(MAX_LIMIT, Math.max(1, Math.trunc(Number(url.searchParams.get('pageLimit') ?? DEFAULT_LIMIT)) || DEFAULT_LIMIT))
      const offset = offsetOf(url.searchParams.get('pageCursor'))
      const wanted = valuesOf(url, 'types').flatMap((name) => COLLATORS[name] ?? [])
      const kinds = valuesOf(url, 'filters[kind]').map((kind) => kind.toLowerCase())
      const asked = {
        text: url.searchParams.get('term') ?? '',
        limit: limit + 1,
        offset,
        types: wanted.length > 0 ? wanted : (['entity', 'api', 'doc'] as const),
        ...(kinds.length > 0 ? { kinds } : {}),
      }
      const { items, counts } = caller ? await find(caller, asked) : { items: [], counts: {} }
      return jsonResponse({
        numberOfResults: Object.values(counts).reduce((sum, count) => sum + count, 0),
        results: items
          .slice(0, limit)
          .map((hit, at) => ({ type: hit.type === 'doc' ? 'techdocs' : 'software-catalog', document: documentOf(hit), rank: offset + at + 1 })),
        ...(items.length > limit ? { nextPageCursor: cursorOf(offset + limit) } : {}),
        ...(offset > 0 ? { previousPageCursor: cursorOf(Math.max(0, offset - limit)) } : {}),
      })
    },
  })
}

function documentOf({ kind, ref, title, summary, href }: SearchHit): Record<string, string> {
  const [, namespace = '', name = ''] = /^[^:]+:([^/]+)\/(.+)$/.exec(ref) ?? []
  return { kind, namespace, name, title, text: summary, location: href }
}

/** `types[]`, `types[0]` and `types` alike. */
function valuesOf(url: URL, name: string): string[] {
  return [...url.searchParams].flatMap(([key, value]) => (key === name || (key.startsWith(`${name}[`) && /\[\d*\]$/.test(key)) ? [value] : []))
}

/** A bad cursor begins anew. */
function offsetOf(cursor: string | null): number {
  const text = Buffer.from(cursor ?? '', 'base64').toString('utf8')
  return /^\d{1,4}$/.test(text) ? Number(text) : 0
}

function cursorOf(offset: number): string {
  return Buffer.from(String(offset)).toString('base64')
}
