import { z } from 'zod'
import { isFault } from '#kernel/common/fault'
import { readJson, rawRoute, type Method, type Permission, type RawInput, type RawRoute, type Route } from '#kernel/node/http'
import { taggedJson } from '#platform/catalog'
import { scaffolderFaults } from '../scaffolder-faults.ts'

/** Where Backstage's client looks for the scaffolder. */
const BASE = '/api/scaffolder'

/** Error names of `@backstage/errors` by status. */
const NAMES: Record<number, string> = {
  400: 'InputError',
  401: 'AuthenticationError',
  403: 'NotAllowedError',
  404: 'NotFoundError',
  409: 'ConflictError',
  503: 'ServiceUnavailableError',
}

export interface ScaffolderRoute {
  method: Method
  /** Below the base, e.g. `/v2/tasks`. */
  path: string
  operation: string
  summary: string
  permission: Permission
  resource?: RawRoute['resource']
  handle: (input: RawInput) => Promise<unknown>
}

/** A route of Backstage's scaffolder: JSON in and out, errors as `{ error: { name, message }, request, response }`. */
export function scaffolderRoute(route: ScaffolderRoute): Route {
  return rawRoute({
    method: route.method,
    path: `${BASE}${route.path}`,
    operation: route.operation,
    summary: route.summary,
    tag: 'backstage',
    permission: route.permission,
    ...(route.resource ? { resource: route.resource } : {}),
    errors: [scaffolderFaults.task_not_found, scaffolderFaults.template_not_found],
    renderFault: (problem, request) => errorResponse(request, problem.status, problem.status === 401 ? authenticationText(problem.code) : problem.detail),
    handle: async (input) => {
      try {
        const result = await route.handle(input)
        return result instanceof Response ? result : taggedJson(input.request, JSON.stringify(result))
      } catch (error) {
        if (!isFault(error) || error.status >= 500) throw error
        const fields = error.errors.map((problem) => `${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`)
        // Backstage knows no 422: what was asked is wrong.
        return errorResponse(input.request, error.status === 422 ? 400 : error.status, [error.message, ...fields].join('; '))
      }
    },
  })
}

function errorResponse(request: Request, statusCode: number, message: string): Response {
  const error = { name: NAMES[statusCode] ?? 'Error', message }
  const { pathname, search } = new URL(request.url)
  const asked = { method: request.method, url: `${pathname.slice(BASE.length)}${search}` }
  return taggedJson(request, JSON.stringify({ error, request: asked, response: { statusCode } }), statusCode)
}

function authenticationText(code: string): string {
  return code === 'kernel.http.unauthenticated' ? 'Missing credentials' : 'Illegal token'
}

/** A request's body is read once, though the permission and the handler both look at it. */
const bodies = new WeakMap<Request, Promise<unknown>>()

/** The JSON body by its schema. @throws `platform.scaffolder.bad_request` with a problem per field. */
export async function bodyOf<T>(input: Pick<RawInput, 'request'>, schema: z.ZodType<T>): Promise<T> {
  const { request } = input
  const reading = bodies.get(request) ?? readJson(request)
  bodies.set(request, reading)
  const parsed = schema.safeParse(await reading)
  if (parsed.success) return parsed.data
  throw scaffolderFaults.bad_request({ what: z.prettifyError(parsed.error).replaceAll('\n', ' ') })
}
