import { setImmediate as nextTick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { JsonObject } from '#kernel/common/json'
import { createTelemetry, type TelemetrySignal } from './telemetry.ts'

interface Sent {
  signal: TelemetrySignal
  request: JsonObject
}

function make(options: { maxQueue?: number } = {}): { telemetry: ReturnType<typeof createTelemetry>; sent: Sent[] } {
  const sent: Sent[] = []
  const exporter = async (signal: TelemetrySignal, request: JsonObject): Promise<void> => {
    sent.push({ signal, request })
  }
  return { telemetry: createTelemetry({ serviceName: 'fairway', version: '0.1.0', exporter, ...options }), sent }
}

interface SpanJson {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number; message?: string }
}

function itemsOf(sent: Sent[], signal: TelemetrySignal): Record<string, unknown>[] {
  const keys = {
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
  }
  const [resources = '', scopes = '', items = ''] = keys[signal]
  const lists = (value: unknown, key: string): Record<string, unknown>[] => (value as Record<string, Record<string, unknown>[]>)[key] ?? []
  return sent
    .filter((one) => one.signal === signal)
    .flatMap(({ request }) => lists(request, resources).flatMap((r) => lists(r, scopes).flatMap((s) => lists(s, items))))
}

it('nests spans over awaits, side by side without mixing', async () => {
  const { telemetry, sent } = make()
  const { tracer } = telemetry
  await Promise.all(
    ['a', 'b'].map((name) =>
      tracer.inSpan(name, {}, async () => {
        await nextTick()
        await tracer.inSpan(`${name}.child`, { kind: 'client' }, async () => await nextTick())
      }),
    ),
  )
  await telemetry.flush()
  const spans = itemsOf(sent, 'traces') as unknown as SpanJson[]
  const named = (name: string): SpanJson | undefined => spans.find((span) => span.name === name)
  for (const name of ['a', 'b']) {
    expect(named(`${name}.child`)?.parentSpanId).toBe(named(name)?.spanId)
    expect(named(`${name}.child`)?.traceId).toBe(named(name)?.traceId)
    expect(BigInt(named(name)?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(named(name)?.startTimeUnixNano ?? 0))
  }
  expect(named('a')?.traceId).not.toBe(named('b')?.traceId)
})

it('goes on with the trace of a caller and hands it to the next', async () => {
  const { telemetry, sent } = make()
  const incoming = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const parent = telemetry.tracer.extract(new Headers({ traceparent: incoming }))
  const outgoing = await telemetry.tracer.inSpan('in', { kind: 'server', parent }, async () => telemetry.tracer.inject())
  await telemetry.flush()
  const [span] = itemsOf(sent, 'traces') as unknown as SpanJson[]
  expect(span).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331', kind: 2 })
  expect(outgoing).toEqual({ traceparent: `00-${span?.traceId}-${span?.spanId}-01` })
  expect(telemetry.tracer.inject()).toEqual({})
})

it('leaves a trace alone that its caller did not sample', async () => {
  const { telemetry, sent } = make()
  const parent = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', isSampled: false }
  await telemetry.tracer.inSpan('in', { parent }, async () => await telemetry.tracer.inSpan('below', {}, async () => {}))
  await telemetry.flush()
  expect(sent).toEqual([])
})

it('marks a span that threw, and throws on', async () => {
  const { telemetry, sent } = make()
  await expect(telemetry.tracer.inSpan('bad', {}, async () => await Promise.reject(new Error('no')))).rejects.toThrow('no')
  await telemetry.flush()
  expect(itemsOf(sent, 'traces')).toMatchObject([{ name: 'bad', status: { code: 2, message: 'no' } }])
})

it('logs with the ids of the span under way, and the error by its parts', async () => {
  const { telemetry, sent } = make()
  await telemetry.tracer.inSpan('work', {}, async (span) => {
    telemetry.logSink({ level: 'error', message: 'it broke', at: new Date(1_000), fields: { run: 'run_1', error: new TypeError('why') } })
    expect(telemetry.tracer.current()).toEqual(span.context)
  })
  await telemetry.flush()
  const [log] = itemsOf(sent, 'logs')
  const [span] = itemsOf(sent, 'traces')
  expect(log).toMatchObject({ severityNumber: 17, body: { stringValue: 'it broke' }, traceId: span?.['traceId'], timeUnixNano: '1000000000' })
  expect(log?.['attributes']).toContainEqual({ key: 'exception.type', value: { stringValue: 'TypeError' } })
})

it('never tells of its own telling', async () => {
  const sent: Sent[] = []
  const telemetry = createTelemetry({
    serviceName: 'fairway',
    version: '1',
    exporter: async (signal, request) => {
      sent.push({ signal, request })
      telemetry.logSink({ level: 'info', message: 'exported', at: new Date(), fields: {} })
      await telemetry.tracer.inSpan('export', {}, async () => await nextTick())
    },
  })
  await telemetry.tracer.inSpan('work', {}, async () => {})
  for (let round = 0; round < 3; round++) await telemetry.flush()
  expect(sent.filter((one) => one.signal !== 'metrics')).toHaveLength(1)
})

it('keeps what came before anybody took it, and drops and counts what is too much', async () => {
  const telemetry = createTelemetry({ serviceName: 'fairway', version: '1', maxQueue: 3 })
  for (let index = 0; index < 5; index++) telemetry.tracer.startSpan(`s${index}`).end()
  await telemetry.flush()
  expect(telemetry.droppedCount).toBe(2)
  const sent: Sent[] = []
  telemetry.connect(async (signal, request) => void sent.push({ signal, request }))
  await telemetry.flush()
  expect(itemsOf(sent, 'traces').map((span) => span['name'])).toEqual(['s0', 's1', 's2'])
})

it('drops and counts what its exporter refuses, and goes on', async () => {
  const telemetry = createTelemetry({ serviceName: 'fairway', version: '1', exporter: async () => await Promise.reject(new Error('full')) })
  telemetry.tracer.startSpan('a').end()
  await telemetry.flush()
  expect(telemetry.droppedCount).toBe(1)
  expect(telemetry.prometheusText()).toContain('fairway_telemetry_dropped 1')
})

it('exports metrics only when there are new values', async () => {
  const { telemetry, sent } = make()
  await telemetry.flush()
  telemetry.meter.counter('c', { description: 'c' }).add(3, { kind: 'x' })
  await telemetry.flush()
  await telemetry.flush()
  const metrics = itemsOf(sent, 'metrics')
  expect(metrics.filter((metric) => metric['name'] === 'c')).toMatchObject([
    { sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ asDouble: 3, attributes: [{ key: 'kind', value: { stringValue: 'x' } }] }] } },
  ])
})
