import { z } from 'zod'
import { httpFaults, jsonRoute, rawRoute, type ResourceRef, type Route } from '#kernel/node/http'
import type { LogLine, Runtime, WorkloadRef } from './runtime.ts'
import { runtimeFaults } from './runtime-faults.ts'

const place = z.strictObject({ component: z.string().min(1), environment: z.string().min(1) })
const logQuery = z.object({
  ...place.shape,
  release: z.string().optional(),
  tail: z.coerce.number().int().min(0).max(10_000).default(200),
  follow: z.enum(['true', 'false', '1', '0', '']).default('false'),
})

const statusSchema = z.object({
  ref: z.object({ component: z.string(), environment: z.string(), release: z.string() }),
  version: z.string(),
  state: z.enum(['starting', 'ready', 'degraded', 'failed', 'stopped', 'absent']),
  desiredReplicas: z.number(),
  readyReplicas: z.number(),
  message: z.string(),
  fingerprint: z.string(),
  instances: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['starting', 'ready', 'unready', 'backing-off', 'stopped']),
      pid: z.number().optional(),
      address: z.string().optional(),
      startedAt: z.string(),
      restarts: z.number(),
      lastExit: z.string().optional(),
      waitingFor: z.string().optional(),
      nextRunAt: z.string().optional(),
      lastRun: z.object({ scheduledAt: z.string(), startedAt: z.string(), endedAt: z.string().optional(), isGood: z.boolean().optional() }).optional(),
    }),
  ),
})

/** The runtime in the API. */
export function runtimeRoutes(deps: { runtime: Runtime }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/workloads',
      operation: 'workloads.list',
      summary: 'List the workloads that should run, and how they are',
      tag: 'runtime',
      permission: 'runtime:read',
      query: z.object({ component: z.string().optional(), environment: z.string().optional() }),
      response: z.object({ items: z.array(statusSchema), nextCursor: z.string().nullable() }),
      handle: async ({ query }) => ({ items: await deps.runtime.list(query), nextCursor: null }),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/workloads/restart',
      operation: 'workloads.restart',
      summary: 'Replace the running replicas of a component in an environment, one by one; run a scheduled one now',
      tag: 'runtime',
      permission: 'runtime:restart',
      errors: [runtimeFaults.not_found],
      body: place,
      response: z.object({ restarted: z.array(z.object({ component: z.string(), environment: z.string(), release: z.string() })) }),
      status: 202,
      // Owned by whoever owns the component.
      resource: ({ body }): ResourceRef => ({ type: 'Environment', id: body.environment, attributes: { component: body.component } }),
      handle: async ({ body, caller }) => {
        const refs = (await deps.runtime.list(body)).map((status) => status.ref)
        if (refs.length === 0) throw runtimeFaults.not_found({ workload: `${body.component}/${body.environment}` })
        for (const ref of refs) await deps.runtime.restart(ref, caller.principal)
        return { restarted: refs }
      },
    }),
    rawRoute({
      method: 'GET',
      path: '/api/v1/workloads/logs',
      operation: 'workloads.logs',
      summary: 'Read, and with follow=true go on reading, what the replicas of a component write (text, or SSE when asked for)',
      tag: 'runtime',
      permission: 'runtime:read',
      errors: [runtimeFaults.not_found],
      handle: async ({ url, request, signal }) => {
        const query = parseLogQuery(url)
        const refs = await refsOf(deps.runtime, query)
        const isStream = /text\/event-stream/.test(request.headers.get('accept') ?? '')
        const follow = query.follow === 'true' || query.follow === '1' || query.follow === '' ? signal : undefined
        const lines = mergeLogs(deps.runtime, refs, { tailLines: query.tail, follow })
        return new Response(ReadableStream.from(encode(lines, isStream)), {
          headers: { 'content-type': isStream ? 'text/event-stream' : 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        })
      },
    }),
  ]
}

function parseLogQuery(url: URL): z.output<typeof logQuery> {
  const result = logQuery.safeParse(Object.fromEntries(url.searchParams))
  if (result.success) return result.data
  const errors = result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message }))
  throw httpFaults.bad_request({ where: 'query', count: errors.length }, { errors })
}

async function refsOf(runtime: Runtime, query: { component: string; environment: string; release?: string | undefined }): Promise<WorkloadRef[]> {
  const { component, environment, release } = query
  if (release !== undefined) return [{ component, environment, release }]
  const refs = (await runtime.list({ component, environment })).map((status) => status.ref)
  if (refs.length === 0) throw runtimeFaults.not_found({ workload: `${component}/${environment}` })
  return refs
}

/**
 * Past lines of all workloads in the order of their time. When following, past lines come workload by workload, and new ones as they come: each
 * workload's own log goes over from past to new without a gap, which two reads could not.
 */
async function* mergeLogs(
  runtime: Runtime,
  refs: readonly WorkloadRef[],
  options: { tailLines: number; follow: AbortSignal | undefined },
): AsyncIterable<LogLine> {
  if (options.follow) {
    yield* interleave(refs.map((ref) => runtime.logs(ref, options)[Symbol.asyncIterator]()))
    return
  }
  const past: LogLine[] = []
  for (const ref of refs) for await (const line of runtime.logs(ref, options)) past.push(line)
  past.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  if (options.tailLines > 0) yield* past.slice(-options.tailLines)
}

async function* interleave(sources: AsyncIterator<LogLine>[]): AsyncIterable<LogLine> {
  const next = async (source: AsyncIterator<LogLine>): Promise<{ source: AsyncIterator<LogLine>; result: IteratorResult<LogLine> }> => ({
    source,
    result: await source.next(),
  })
  const pending = new Map(sources.map((source) => [source, next(source)]))
  while (pending.size > 0) {
    const { source, result } = await Promise.race(pending.values())
    if (result.done === true) pending.delete(source)
    else {
      pending.set(source, next(source))
      yield result.value
    }
  }
}

async function* encode(lines: AsyncIterable<LogLine>, isStream: boolean): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder()
  if (isStream) yield encoder.encode(': lines follow\n\n')
  for await (const line of lines)
    yield encoder.encode(isStream ? `event: line\ndata: ${JSON.stringify(line)}\n\n` : `${line.at} ${line.instance} ${line.line}\n`)
}
