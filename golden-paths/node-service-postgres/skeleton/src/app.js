import { greet } from './greeting.js'

/** Answers requests. Everything it needs is handed in, so that tests need no network and no database. */
export function createApp({ name, version, store, telemetry, log }) {
  const routes = {
    '/': async () => {
      const { visits } = await store.recordVisit()
      return { status: 200, body: { service: name, version, message: greet({ visits }), visits } }
    },
    // Ready to take traffic: the database answers.
    '/healthz': async () => {
      await store.ready()
      return { status: 200, body: { status: 'ready' } }
    },
    // Alive: restarting would not help more than this.
    '/livez': async () => ({ status: 200, body: { status: 'alive' } }),
  }

  return async function handle(request, response) {
    const path = new URL(request.url, 'http://localhost').pathname
    const span = telemetry.startSpan(`${request.method} ${path in routes ? path : 'unmatched'}`, request.headers.traceparent)
    const startedAt = performance.now()
    const answer = await answerOf(routes, request, path, (error) => log('error', error.message, { traceId: span.traceId, stack: error.stack }))
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(answer.body)}\n`)
    // Probes come every second: a span and a line for each would hide everything else.
    if (path === '/healthz' || path === '/livez') return
    span.end({ 'http.request.method': request.method, 'url.path': path, 'http.response.status_code': answer.status })
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
    log('info', `${request.method} ${path} ${answer.status}`, { traceId: span.traceId, spanId: span.spanId, status: answer.status, durationMs })
  }
}

async function answerOf(routes, request, path, onError) {
  if (!Object.hasOwn(routes, path)) return { status: 404, body: { error: `there is nothing at ${path}` } }
  if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, body: { error: `${path} answers GET only` } }
  try {
    return await routes[path]()
  } catch (error) {
    onError(error)
    return path === '/healthz' ? { status: 503, body: { status: 'not ready' } } : { status: 500, body: { error: 'something went wrong' } }
  }
}
