import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeProtobuf } from './otlp-protobuf.ts'
import { rowsOf } from './otlp-rows.ts'

const fixture = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, 'fixtures', name))
const json = (name: string): unknown => JSON.parse(fixture(name).toString())
const NOW_US = 1_800_000_000_000_000

describe('what the official SDK sends', () => {
  it.each(['traces', 'metrics', 'logs'] as const)('%s give the same rows from protobuf and from JSON', (signal) => {
    const fromJson = rowsOf(signal, json(`${signal}.json`), undefined, NOW_US)
    const fromProtobuf = rowsOf(signal, decodeProtobuf(signal, fixture(`${signal}.pb`)), undefined, NOW_US)
    expect(fromProtobuf).toEqual(fromJson)
    expect(fromJson).toMatchObject({ rejectedCount: 0 })
    expect(fromJson.rows.length).toBeGreaterThan(1)
  })

  it('spans keep names, times, status, attributes and events', () => {
    const { rows } = rowsOf('traces', decodeProtobuf('traces', fixture('traces.pb')), undefined, NOW_US)
    const server = rows.find((row) => 'kind' in row && row.kind === 2)
    expect(server).toMatchObject({
      component: 'orders',
      environment: 'dev',
      release: 'rel_01',
      version: '7',
      instance: 'a1',
      name: 'GET /orders/{id}',
      parentSpanId: '',
      startUs: 1_767_225_600_123_456,
      durationUs: 200_000,
      status: 2,
      statusMessage: 'boom',
      scope: 'http-lib',
    })
    expect(JSON.parse((server as { attributes: string }).attributes)).toEqual({
      'host.name': 'h',
      'http.request.method': 'GET',
      'http.response.status_code': 500,
      ratio: 0.25,
      ok: false,
      list: ['a', 'b'],
      big: 12_345_678_901,
      neg: -5,
      unicode: '日本語🚢',
    })
    const client = rows.find((row) => 'kind' in row && row.kind === 3)
    expect(JSON.parse((client as { events: string }).events)).toEqual([{ atUs: 1_767_225_600_210_000, name: 'retry', attributes: { attempt: 2 } }])
  })

  it('metrics keep every kind, an exponential histogram with its bounds', () => {
    const { rows } = rowsOf('metrics', json('metrics.json'), undefined, NOW_US)
    const named = (name: string): unknown => rows.find((row) => 'name' in row && row.name === name)
    expect(named('requests')).toMatchObject({ kind: 'sum', value: 5, temporality: 2, isMonotonic: true, unit: '{request}' })
    expect(named('queue')).toMatchObject({ kind: 'sum', value: -3, isMonotonic: false })
    expect(named('temperature')).toMatchObject({ kind: 'gauge', value: 21.5 })
    expect(named('latency')).toMatchObject({ kind: 'histogram', count: 3, sum: 3.55, bounds: '[0.1,1]', buckets: '[1,1,1]' })
    const exponential = named('exp') as { count: number; bounds: string; buckets: string }
    const bounds = JSON.parse(exponential.bounds) as number[]
    const buckets = JSON.parse(exponential.buckets) as number[]
    expect(buckets.reduce((sum, count) => sum + count, 0)).toBe(5)
    expect(buckets[0]).toBe(1)
    expect(bounds.at(-1)).toBeCloseTo(8)
    expect(bounds).toHaveLength(buckets.length)
  })
})

describe('the examples of the specification', () => {
  it('takes the trace', () => {
    expect(rowsOf('traces', json('corpus/trace.json'), undefined, NOW_US)).toMatchObject({
      rejectedCount: 0,
      rows: [
        {
          component: 'my.service',
          name: "I'm a server span",
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          kind: 2,
          durationUs: 1_000_000,
        },
      ],
    })
  })

  it('takes the log', () => {
    const decoded = rowsOf('logs', json('corpus/logs.json'), undefined, NOW_US)
    expect(decoded).toMatchObject({ rejectedCount: 0, rows: [{ component: 'my.service', body: 'Example log record', severity: 'info', severityNumber: 10 }] })
    expect(JSON.parse((decoded.rows[0] as { attributes: string }).attributes)).toMatchObject({
      'string.attribute': 'some string',
      'int.attribute': 10,
      'map.attribute': { 'some.map.key': 'some value' },
    })
  })
})

describe('a sender that we know', () => {
  it('speaks in its own name, whatever it says', () => {
    const identity = { component: 'billing', environment: 'production', release: 'rel_9', version: '3' }
    for (const signal of ['traces', 'metrics', 'logs'] as const) {
      const { rows } = rowsOf(signal, json(`${signal}.json`), identity, NOW_US)
      for (const row of rows) expect(row).toMatchObject(identity)
    }
  })

  it.each([
    [{ 'deployment.environment': 'old' }, 'old'],
    [{ 'deployment.environment': 'old', 'deployment.environment.name': 'new' }, 'new'],
    [{}, ''],
  ])('reads the environment by its old and its new name: %j', (resource, environment) => {
    const attributes = Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } }))
    const request = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }] }
    expect(rowsOf('logs', request, undefined, NOW_US).rows).toMatchObject([{ environment, atUs: NOW_US }])
  })
})

describe('bad input', () => {
  const span = { traceId: 'A'.repeat(32), spanId: 'B'.repeat(16), name: 'x', startTimeUnixNano: '1000000', endTimeUnixNano: 2_000_000 }
  const traces = (...spans: object[]): object => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

  it('takes ids in any case and times as text or number', () => {
    expect(rowsOf('traces', traces(span), undefined, NOW_US).rows).toMatchObject([
      { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), startUs: 1000, durationUs: 1000 },
    ])
  })

  it.each([
    { traceId: undefined },
    { traceId: '0'.repeat(32) },
    { traceId: 'xyz' },
    { traceId: 'W47/94gDgQPSabYzgT/GDA==' },
    { spanId: '' },
    { startTimeUnixNano: undefined },
    { startTimeUnixNano: '-5' },
    { startTimeUnixNano: '99999999999999999999' },
  ])('leaves out a span with %j, and keeps the others', (wrong) => {
    const decoded = rowsOf('traces', traces({ ...span, ...wrong }, span), undefined, NOW_US)
    expect(decoded).toMatchObject({ rejectedCount: 1, rows: [{ spanId: 'b'.repeat(16) }] })
    expect(decoded.reason).toMatch(/^a span has no valid/)
  })

  it.each([null, [], 'text', 7, { resourceSpans: {} }, { resourceSpans: [7] }, { resourceSpans: [{ scopeSpans: [{ spans: 'x' }] }] }])(
    'refuses %j',
    (request) => {
      expect(() => rowsOf('traces', request, undefined, NOW_US)).toThrow(/must/)
    },
  )

  it('gives only finite numbers, also of NaN, infinity and what is no number', () => {
    for (const asDouble of ['NaN', 'Infinity', Number.NaN, {}, undefined]) {
      const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints: [{ asDouble }] } }] }] }] }
      expect(rowsOf('metrics', request, undefined, NOW_US)).toMatchObject({ rows: [], rejectedCount: 1 })
    }
  })

  it('cuts floods of attributes, deep values and long texts', () => {
    let deep: object = { stringValue: 'x' }
    for (let level = 0; level < 100; level++) deep = { arrayValue: { values: [deep] } }
    const attributes = Array.from({ length: 10_000 }, (_, index) => ({ key: `k${index}`, value: index === 0 ? deep : { stringValue: 'y'.repeat(100_000) } }))
    const { rows } = rowsOf('traces', traces({ ...span, attributes }), undefined, NOW_US)
    expect((rows[0] as { attributes: string }).attributes.length).toBeLessThan(3_000_000)
  })

  it('is not led astray by the names of attributes', () => {
    const attributes = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, value: { stringValue: 'x' } }))
    const { rows } = rowsOf('traces', traces({ ...span, attributes }), undefined, NOW_US)
    expect(Object.keys(JSON.parse((rows[0] as { attributes: string }).attributes) as object)).toContain('constructor')
    expect(({} as { x?: unknown }).x).toBeUndefined()
  })

  it('never hangs or crashes on bytes that are no protobuf', () => {
    const whole = fixture('traces.pb')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(whole.length), (edits, length) => {
        const bytes = Buffer.from(whole.subarray(0, length))
        for (const [at, value] of edits) if (at < length) bytes[at] = value
        const result = attempt(() => rowsOf('traces', decodeProtobuf('traces', bytes), undefined, NOW_US).rows)
        expect(Array.isArray(result) || result instanceof Error).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('refuses a protobuf value that holds itself without end', () => {
    let value: Buffer = Buffer.from([0x0a, 1, 120])
    for (let level = 0; level < 200; level++) value = wrap(5, wrap(1, value))
    const keyValue = Buffer.concat([wrap(1, Buffer.from('k')), wrap(2, value)])
    const request = wrap(1, wrap(1, wrap(1, keyValue)))
    expect(() => decodeProtobuf('traces', request)).toThrow(/nested too deeply/)
  })
})

function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

/** A length-delimited protobuf field. */
function wrap(number: number, content: Buffer): Buffer {
  const length: number[] = []
  for (let rest = content.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content])
}
