import { isFault } from '#kernel/common/fault'
import { rawRoute, type Method, type Permission, type RawInput, type RawRoute, type Route } from '#kernel/node/http'
import { catalogFaults } from '../catalog-faults.ts'
import { taggedJson } from './tagged-json.ts'

/** Where Backstage's client looks for a catalog. */
const BACKSTAGE_BASE = '/api/catalog'

/** Error names of `@backstage/errors` by status. */
const NAMES: Record<number, string> = {
  400: 'InputError',
  401: 'AuthenticationError',
  403: 'NotAllowedError',
  404: 'NotFoundError',
  409: 'ConflictError',
  503: 'ServiceUnavailableError',
}

interface BackstageRoute {
  method: Method
  /** Below the base, e.g. `/entities`. */
  path: string
  operation: string
  summary: string
  /** `catalog:read` unless told. */
  permission?: Permission
  resource?: RawRoute['resource']
  /** Faults beyond those of every route here. */
  errors?: RawRoute['errors']
  handle: (input: RawInput) => Promise<unknown>
}

/** A route that speaks Backstage's dialect: JSON in and out, errors as `{ error: { name, message }, request, response }`. */
export function backstageRoute(route: BackstageRoute): Route {
  return rawRoute({
    method: route.method,
    path: `${BACKSTAGE_BASE}${route.path}`,
    operation: route.operation,
    summary: route.summary,
    tag: 'backstage',
    permission: route.permission ?? 'catalog:read',
    ...(route.resource ? { resource: route.resource } : {}),
    errors: [catalogFaults.not_found, catalogFaults.bad_query, catalogFaults.bad_ref, catalogFaults.location_not_found, ...(route.errors ?? [])],
    renderFault: (problem, request) => errorResponse(request, problem.status, problem.status === 401 ? authenticationText(problem.code) : problem.detail),
    handle: async (input) => {
      try {
        // PostgreSQL takes no NUL in a text.
        if (input.url.href.includes('%00')) throw catalogFaults.bad_query({ what: 'a query has no NUL' })
        const result = await route.handle(input)
        return result instanceof Response ? await asBackstageAnswers(input.request, result) : taggedJson(input.request, JSON.stringify(result))
      } catch (error) {
        if (!isFault(error) || error.status >= 500) throw error
        return errorResponse(input.request, error.status, error.message)
      }
    },
  })
}

function errorResponse(request: Request, statusCode: number, message: string): Response {
  const error = { name: NAMES[statusCode] ?? 'Error', message }
  // Backstage names the address below its own base.
  const { pathname, search } = new URL(request.url)
  const asked = { method: request.method, url: `${pathname.slice(BACKSTAGE_BASE.length)}${search}` }
  return taggedJson(request, JSON.stringify({ error, request: asked, response: { statusCode } }), statusCode)
}

/** JSON of a handler that says nothing about its letters gets them, and a tag. */
async function asBackstageAnswers(request: Request, response: Response): Promise<Response> {
  return response.headers.get('content-type') === 'application/json' ? taggedJson(request, await response.text(), response.status) : response
}

function authenticationText(code: string): string {
  return code === 'kernel.http.unauthenticated' ? 'Missing credentials' : 'Illegal token'
}
