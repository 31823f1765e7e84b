import { Hono, type Context } from 'hono'
import type { z } from 'zod'
import { toProblem, type Fault, type FieldProblem } from '#kernel/common/fault'
import { pathText } from '#kernel/common/document'
import { newId } from '#kernel/common/id'
import type { Logger } from '#kernel/node/log'
import { PLATFORM, type Caller, type ResourceRef } from './caller.ts'
import { httpFaults } from './http-faults.ts'
import { unstorableTexts } from './storable-text.ts'
import type { JsonRoute, Permission, RawInput, RawRoute, Route, RouteInput } from './route.ts'
import { jsonResponse, TextResponse } from './text-response.ts'

/** Largest body of a JSON route. */
const JSON_LIMIT_BYTES = 4 * 1024 * 1024

export interface RequestRecord {
  method: string
  /** The route's template, or `unmatched`: never the raw path, which has no bound. */
  route: string
  status: number
  durationMs: number
}

export interface RouterDeps {
  /** Finds out who calls; undefined when there is no credential. @throws a 401 fault for a bad one. */
  authenticate: (request: Request) => Promise<Caller | undefined>
  authorize: (caller: Caller, permission: Permission, resource: ResourceRef) => Promise<{ isAllowed: boolean; reason: string }>
  log: Logger
  observe?: (record: RequestRecord) => void
  /** Runs the answering of a request within something, e.g. a span. Must answer what `work` answers. */
  around?: (route: Pick<RequestRecord, 'method' | 'route'>, request: Request, work: () => Promise<Response>) => Promise<Response>
  /** Says what an error of a lower part means to the caller, e.g. that the database is away; undefined when it is a fault of ours. */
  translate?: (error: unknown) => Fault | undefined
  /** Answers what no route does (the portal's pages); undefined for a 404. */
  fallback?: (request: Request) => Promise<Response | undefined>
}

/**
 * Puts routes behind one door: request id, authentication, permission (deny by default), schemas, faults as `application/problem+json`.
 * @returns a fetch handler.
 */
export function createRouter(routes: readonly Route[], deps: RouterDeps): (request: Request) => Promise<Response> {
  const app = new Hono()
  for (const route of sortedBySpecificity(routes)) {
    app.on(route.method, honoPath(route.path), (context) => serve(route, context, deps))
  }
  app.notFound(async (context) => {
    const found = await deps.fallback?.(context.req.raw)
    if (found) return found
    return problemResponse(httpFaults.no_route({ method: context.req.method, path: context.req.path }), newId('req'))
  })
  return async (request) => await app.fetch(request)
}

async function serve(route: Route, context: Context, deps: RouterDeps): Promise<Response> {
  const requestId = newId('req')
  const startedAt = performance.now()
  const work = async (): Promise<Response> => await answer(route, context, deps, requestId)
  const response = await (deps.around?.({ method: route.method, route: route.path }, context.req.raw, work) ?? work())
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
  deps.observe?.({ method: route.method, route: route.path, status: response.status, durationMs })
  return response
}

async function answer(route: Route, context: Context, deps: RouterDeps, requestId: string): Promise<Response> {
  const request = context.req.raw
  try {
    const caller = await deps.authenticate(request)
    if (route.permission !== 'public') assertMayTry(caller, request)
    const params = context.req.param() as Record<string, string>
    const rest = /\{(\w+)\+\}$/.exec(route.path)?.[1]
    const input = {
      params: rest === undefined ? params : { ...params, [rest]: params['rest'] ?? '' },
      url: new URL(request.url),
      caller,
      requestId,
      // Most handlers never look at it, and making one is not free.
      get signal() {
        return request.signal
      },
      request,
    }
    const response = route.kind === 'raw' ? await answerRaw(route, input, deps) : await answerJson(route, input, deps)
    if (!response.headers.has('x-request-id')) response.headers.set('x-request-id', requestId)
    return response
  } catch (error) {
    return failed(route, error, deps, { requestId, request })
  }
}

function failed(route: Route, thrown: unknown, deps: RouterDeps, { requestId, request }: { requestId: string; request: Request }): Response {
  const error = deps.translate?.(thrown) ?? thrown
  const problem = toProblem(error, requestId)
  if (problem.status >= 500) deps.log.error('a request failed', { requestId, method: route.method, path: route.path, status: problem.status, error })
  if (route.kind === 'raw' && route.renderFault) return challenged(route, route.renderFault(problem, request))
  return challenged(route, problemResponse(error, requestId))
}

function challenged(route: Route, response: Response): Response {
  if (response.status === 401 && route.kind === 'raw' && route.challenge) response.headers.set('www-authenticate', `${route.challenge} realm="fairway"`)
  return response
}

async function answerRaw(route: RawRoute, input: RawInput, deps: RouterDeps): Promise<Response> {
  const errors = unstorableTexts(input.params)
  if (errors.length > 0) throw httpFaults.bad_request({ where: 'path', count: errors.length }, { errors })
  await assertAllowed(route.permission, input.caller, async () => (await route.resource?.(input)) ?? PLATFORM, deps)
  return await route.handle(input)
}

async function answerJson(route: JsonRoute, raw: RawInput, deps: RouterDeps): Promise<Response> {
  const input: RouteInput<unknown, unknown, unknown> = {
    params: check('path', route.params, raw.params),
    query: check('query', route.query, queryOf(raw.url)),
    body: route.body ? check('body', route.body, await readJson(raw.request, route.bodyLimitBytes)) : undefined,
    caller: raw.caller as Caller,
    requestId: raw.requestId,
    idempotencyKey: raw.request.headers.get('idempotency-key') ?? undefined,
    get signal() {
      return raw.request.signal
    },
    request: raw.request,
  }
  await assertAllowed(route.permission, raw.caller, async () => (await route.resource?.(input)) ?? PLATFORM, deps)
  const result = await route.handle(input)
  if (result instanceof Response) return result
  const status = route.status ?? 200
  return status === 204 ? new Response(null, { status }) : jsonResponse(result, { status })
}

/** A credential must be there, and a change by cookie must come from our own origin (RFC 6454; the browser sets Origin and Sec-Fetch-Site). */
function assertMayTry(caller: Caller | undefined, request: Request): void {
  if (!caller) throw httpFaults.unauthenticated({})
  if (caller.via !== 'cookie' || request.method === 'GET' || request.method === 'HEAD') return
  const origin = request.headers.get('origin')
  const isOwn = origin === null ? request.headers.get('sec-fetch-site') === 'same-origin' : URL.parse(origin)?.host === request.headers.get('host')
  if (!isOwn) throw httpFaults.cross_site({})
}

async function assertAllowed(permission: Permission, caller: Caller | undefined, resource: () => Promise<ResourceRef>, deps: RouterDeps): Promise<void> {
  if (permission === 'public') return
  if (!caller) throw httpFaults.unauthenticated({})
  const target = await resource()
  const verdict = await deps.authorize(caller, permission, target)
  if (!verdict.isAllowed)
    throw httpFaults.forbidden({ principal: caller.principal, permission, resource: `${target.type} "${target.id}"`, reason: verdict.reason })
}

function check<T>(where: string, schema: z.ZodType<T> | undefined, value: unknown): T {
  if (!schema) return value as T
  const unstorable = unstorableTexts(value)
  const result = schema.safeParse(value)
  if (result.success && unstorable.length === 0) return result.data
  const issues: FieldProblem[] = (result.error?.issues ?? []).map((issue) => ({ field: pathText(issue.path), message: issue.message }))
  const errors = [...unstorable, ...issues]
  throw httpFaults.bad_request({ where, count: errors.length }, { errors })
}

/** Reads a JSON body within the limit. An empty body is `{}`. @throws `kernel.http.too_large`, `kernel.http.not_json`. */
export async function readJson(request: Request, limitBytes = JSON_LIMIT_BYTES): Promise<unknown> {
  const text = new TextDecoder().decode(await readBody(request, limitBytes))
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw httpFaults.not_json({}, { cause: error })
  }
}

/** Longest that a body may take to arrive: whoever drips one holds nothing of ours for longer. */
const BODY_BUDGET_MS = 60_000

/** Reads a whole body, but never more than `limitBytes`, and not for ever. @throws `kernel.http.too_large`, `kernel.http.too_slow`. */
export async function readBody(request: Request, limitBytes: number, budgetMs = BODY_BUDGET_MS): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(httpFaults.too_slow({ seconds: budgetMs / 1000 })), budgetMs)
  const announcedBytes = Number(request.headers.get('content-length') ?? Number.NaN)
  if (announcedBytes <= limitBytes) return await readAnnounced(request, limitBytes, late.promise).finally(() => clearTimeout(timer))
  const body: AsyncIterator<Uint8Array> | undefined = request.body?.[Symbol.asyncIterator]()
  try {
    for (let next = await Promise.race([body?.next(), late.promise]); next && !next.done; next = await Promise.race([body?.next(), late.promise])) {
      sizeBytes += next.value.byteLength
      if (sizeBytes > limitBytes) throw httpFaults.too_large({ limitBytes })
      chunks.push(next.value)
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
  }
}

/** Of a body whose length was announced no more than that arrives (RFC 9112, section 6.3): read in one piece, without a stream. */
async function readAnnounced(request: Request, limitBytes: number, late: Promise<never>): Promise<Uint8Array> {
  const bytes = new Uint8Array(await Promise.race([request.arrayBuffer(), late]))
  if (bytes.byteLength > limitBytes) throw httpFaults.too_large({ limitBytes })
  return bytes
}

/** A key that is given twice becomes a list, as in `?kind=a&kind=b`. */
function queryOf(url: URL): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  if (url.search === '') return query
  for (const key of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(key)
    query[key] = values.length === 1 ? (values[0] ?? '') : values
  }
  return query
}

function problemResponse(error: unknown, requestId: string): Response {
  const problem = toProblem(error, requestId)
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'x-request-id': requestId }
  if (problem.retryAfterSeconds !== undefined) headers['retry-after'] = String(problem.retryAfterSeconds)
  return new TextResponse(JSON.stringify(problem), { status: problem.status, headers })
}

function honoPath(template: string): string {
  return template.replace(/\{(\w+)\+\}$/, ':rest{.+}').replaceAll(/\{(\w+)\}/g, ':$1')
}

/** Fixed segments before named ones, so that `/runs/latest` is not taken for an id. */
function sortedBySpecificity(routes: readonly Route[]): Route[] {
  const weight = (route: Route): string => route.path.replaceAll(/\{\w+\+\}/g, '~~').replaceAll(/\{\w+\}/g, '~')
  return [...routes].sort((a, b) => (weight(a) < weight(b) ? -1 : 1))
}
