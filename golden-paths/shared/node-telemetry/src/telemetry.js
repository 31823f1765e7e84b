import { randomBytes } from 'node:crypto'

const SEVERITY = { debug: 5, info: 9, warn: 13, error: 17 }
const FLUSH_MS = 1000
const QUEUE_LIMIT = 2000

/**
 * Traces, logs and metrics by OTLP/HTTP (JSON), in a page of code instead of a page of packages. Without an endpoint nothing is sent.
 * Telemetry never gets in the way: a failed delivery is dropped, and the queue is bounded.
 */
export function createTelemetry({ name, version, otlpEndpoint, otlpHeaders, resourceAttributes }) {
  const queues = { traces: [], logs: [] }
  const resource = { attributes: attributesOf({ ...parseList(resourceAttributes), 'service.name': name, 'service.version': version }) }
  const headers = { ...parseList(otlpHeaders), 'content-type': 'application/json' }
  const timer = otlpEndpoint ? setInterval(flush, FLUSH_MS) : undefined
  timer?.unref()

  function push(signal, record) {
    if (otlpEndpoint && queues[signal].length < QUEUE_LIMIT) queues[signal].push(record)
  }

  async function send(signal, body) {
    const url = `${otlpEndpoint.replace(/\/$/, '')}/v1/${signal}`
    await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(3000) }).catch(() => {})
  }

  async function flush() {
    if (!otlpEndpoint) return
    const spans = queues.traces.splice(0)
    const logRecords = queues.logs.splice(0)
    const scope = { name: 'app' }
    await Promise.all([
      spans.length > 0 && send('traces', { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] }),
      logRecords.length > 0 && send('logs', { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }),
    ])
  }

  return {
    /** Continues the caller's trace when it sent a W3C `traceparent`. */
    startSpan(spanName, traceparent) {
      const parent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(traceparent ?? '')
      const traceId = parent?.[1] ?? randomBytes(16).toString('hex')
      const spanId = randomBytes(8).toString('hex')
      const startTimeUnixNano = nowNano()
      return {
        traceId,
        spanId,
        end(attributes, hasFailed = attributes['http.response.status_code'] >= 500) {
          push('traces', {
            traceId,
            spanId,
            ...(parent ? { parentSpanId: parent[2] } : {}),
            name: spanName,
            kind: 2,
            startTimeUnixNano,
            endTimeUnixNano: nowNano(),
            attributes: attributesOf(attributes),
            status: { code: hasFailed ? 2 : 1 },
          })
        },
      }
    },
    log(level, message, fields) {
      const { traceId, spanId, ...attributes } = fields
      push('logs', {
        timeUnixNano: nowNano(),
        severityNumber: SEVERITY[level],
        severityText: level.toUpperCase(),
        body: { stringValue: message },
        attributes: attributesOf(attributes),
        ...(traceId ? { traceId } : {}),
        ...(spanId ? { spanId } : {}),
      })
    },
    /** Sends metrics as OTLP has them, now. */
    async metrics(metrics) {
      if (otlpEndpoint) await send('metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'app' }, metrics }] }] })
    },
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}

/** `a=1,b=2` as OpenTelemetry's environment variables have it. */
function parseList(text) {
  const pairs = (text ?? '').split(',').filter((pair) => pair.includes('='))
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), decodeURIComponent(pair.slice(pair.indexOf('=') + 1).trim())]))
}

function attributesOf(fields) {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value) {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { stringValue: String(value) }
}

function nowNano() {
  return String(BigInt(Date.now()) * 1_000_000n)
}
