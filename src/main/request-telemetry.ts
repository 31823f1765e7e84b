import type { RequestRecord, RouterDeps } from '#kernel/node/http'
import type { Telemetry } from '#kernel/node/telemetry'
import { SpanBudget } from './span-budget.ts'

/** `http.server.request.duration` by the semantic conventions of OpenTelemetry: seconds, by route and status. */
export function requestMetrics(telemetry: Telemetry): (record: RequestRecord) => void {
  const duration = telemetry.meter.histogram('http.server.request.duration', { description: 'Time to answer requests of API and portal', unit: 's' })
  const labels = new Map<string, Readonly<Record<string, string | number>>>()
  return ({ method, route, status, durationMs }) => {
    const key = `${status} ${method} ${route}`
    let found = labels.get(key)
    if (!found) {
      found = Object.freeze({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status })
      labels.set(key, found)
    }
    duration.record(durationMs / 1000, found)
  }
}

/** Asked for all the time by machines, or telemetry itself: a span of these would tell nobody anything. */
const UNTRACED = /^\/(healthz|readyz|metrics|v1\/|api\/v1\/stream)/

/** Reads come in floods, and are alike; writes are rare, and each has its story. */
const READS = { perSecond: 20, burst: 200 }
const WRITES = { perSecond: 100, burst: 500 }
/** An answer that took longer is worth a span in any case. */
const SLOW_MS = 250

/**
 * A server span for each request, below the caller's when it sent a `traceparent`. Of a flood of requests a sample: what the caller traces,
 * what failed by our fault and what was slow has its span always, though one that was found out only at its end has none below it.
 */
export function requestSpans({ tracer }: Telemetry): NonNullable<RouterDeps['around']> {
  const nowMs = performance.now()
  const reads = new SpanBudget({ ...READS, nowMs })
  const writes = new SpanBudget({ ...WRITES, nowMs })
  return async ({ method, route }, request, work) => {
    if (UNTRACED.test(route)) return await work()
    const startedAtMs = performance.now()
    const name = `${method} ${route}`
    const parent = tracer.extract(request.headers)
    const attributes = { 'http.request.method': method, 'http.route': route }
    const budget = method === 'GET' || method === 'HEAD' ? reads : writes
    if (!parent && !budget.take(startedAtMs)) {
      const response = await work()
      const tookMs = performance.now() - startedAtMs
      if (response.status < 500 && tookMs < SLOW_MS) return response
      const span = tracer.startSpan(name, { kind: 'server', attributes, startedAgoMs: tookMs })
      span.setAttributes({ 'http.response.status_code': response.status, 'fairway.request.id': response.headers.get('x-request-id') ?? undefined })
      if (response.status >= 500) span.fail(`answered ${response.status}`)
      span.end()
      return response
    }
    return await tracer.inSpan(name, { kind: 'server', parent, attributes }, async (span) => {
      const response = await work()
      span.setAttributes({ 'http.response.status_code': response.status })
      if (response.status >= 500) span.fail(`answered ${response.status}`)
      return response
    })
  }
}
