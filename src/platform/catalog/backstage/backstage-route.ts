import { isFault } from '#kernel/common/fault'
import { jsonResponse, rawRoute, type Method, type Permission, type RawInput, type RawRoute, type Route } from '#kernel/node/http'
import { catalogFaults } from '../catalog-faults.ts'

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
    renderFault: (problem, request) =>
      errorResponse(
        problem.status,
        problem.status === 401 ? authenticationText(problem.code) : problem.detail,
        requestOf(request.method, new URL(request.url)),
      ),
    handle: async (input) => {
      try {
        // PostgreSQL takes no NUL in a text.
        if (input.url.href.includes('%00')) throw catalogFaults.bad_query({ what: 'a query has no NUL' })
        const result = await route.handle(input)
        return result instanceof Response ? result : jsonResponse(result)
      } catch (error) {
        if (!isFault(error) || error.status >= 500) throw error
        return errorResponse(error.status, error.message, requestOf(input.request.method, input.url))
      }
    },
  })
}

function errorResponse(statusCode: number, message: string, request?: { method: string; url: string }): Response {
  const error = { name: NAMES[statusCode] ?? 'Error', message }
  return jsonResponse({ error, ...(request ? { request } : {}), response: { statusCode } }, { status: statusCode })
}

/** Backstage names the address below its own base. */
function requestOf(method: string, url: URL): { method: string; url: string } {
  return { method, url: `${url.pathname.slice(BACKSTAGE_BASE.length)}${url.search}` }
}

function authenticationText(code: string): string {
  return code === 'kernel.http.unauthenticated' ? 'Missing credentials' : 'Illegal token'
}
