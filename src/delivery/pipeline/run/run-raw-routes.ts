import { Readable } from 'node:stream'
import { rawRoute, type Route } from '#kernel/node/http'
import type { ArtifactStore } from '../action/artifact-store.ts'
import type { FairwayPipelineEngine } from '../fairway-pipeline-engine.ts'
import { pipelineFaults } from '../pipeline-faults.ts'

const HEARTBEAT_MS = 15_000

/** Lines of a job's log as server-sent events: each `id` is the line's number, so `Last-Event-ID` (or `from`) goes on behind it. Ends with the event `end`. */
export function logStreamRoute(engine: FairwayPipelineEngine): Route {
  return rawRoute({
    method: 'GET',
    path: '/api/v1/runs/{id}/jobs/{job}/log/stream',
    operation: 'runs.logStream',
    summary: "Follow a job's log as server-sent events",
    tag: 'Pipelines',
    permission: 'run:read',
    errors: [pipelineFaults.not_found, pipelineFaults.job_not_found],
    handle: async ({ params, url, request, signal }) => {
      const { id = '', job = '' } = params
      const last = Number(request.headers.get('last-event-id'))
      const from = Number.isInteger(last) && last > 0 ? last + 1 : Math.max(1, Math.trunc(Number(url.searchParams.get('from'))) || 1)
      // The first page now, so that an unknown run is a 404 and not an empty stream.
      await engine.logs(id, job, { from, limit: 1 })
      const body = events(engine, { id, job, from }, signal)
      return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } })
    },
  })
}

function events(engine: FairwayPipelineEngine, where: { id: string; job: string; from: number }, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const gone = new AbortController()
  const lines = engine.follow(where.id, where.job, where.from, AbortSignal.any([signal, gone.signal]))
  let heartbeat: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearInterval(heartbeat)
    gone.abort()
  }
  signal.addEventListener('abort', stop, { once: true })
  return new ReadableStream({
    start: (controller) => {
      heartbeat = setInterval(() => controller.enqueue(encoder.encode(': \n\n')), HEARTBEAT_MS)
    },
    pull: async (controller) => {
      try {
        const next = await lines.next()
        if (gone.signal.aborted || signal.aborted) return
        if (next.done === true) {
          controller.enqueue(encoder.encode('event: end\ndata: {}\n\n'))
          stop()
          return controller.close()
        }
        controller.enqueue(encoder.encode(next.value.map((line) => `id: ${line.n}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`).join('')))
      } catch (error) {
        stop()
        controller.error(error)
      }
    },
    cancel: stop,
  })
}

/** An artifact as the tar that it is. */
export function artifactRoute(artifacts: ArtifactStore): Route {
  return rawRoute({
    method: 'GET',
    path: '/api/v1/runs/{id}/artifacts/{name}',
    operation: 'runs.artifact',
    summary: 'Download an artifact as tar',
    tag: 'Pipelines',
    permission: 'run:read',
    errors: [pipelineFaults.artifact_not_found],
    handle: async ({ params }) => {
      const name = params['name'] ?? ''
      const { stream, sizeBytes, digest } = await artifacts.open(params['id'] ?? '', name)
      return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
        headers: {
          'content-type': 'application/x-tar',
          'content-length': String(sizeBytes),
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}.tar`,
          'x-content-type-options': 'nosniff',
          etag: `"${digest}"`,
        },
      })
    },
  })
}
