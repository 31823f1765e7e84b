import { expect, it } from 'vitest'
import { MeterRegistry } from './meter.ts'
import { prometheusName } from './prometheus-text.ts'

it.each([
  ['http.server.request.duration', 's', 'histogram', 'http_server_request_duration_seconds'],
  ['fairway.change.finished', '{change}', 'counter', 'fairway_change_finished_total'],
  ['process.memory.usage', 'By', 'gauge', 'process_memory_usage_bytes'],
  ['a.bytes', 'By', 'counter', 'a_bytes_total'],
  ['requests_total', '', 'counter', 'requests_total'],
  ['2xx.ratio', '1', 'gauge', '_2xx_ratio'],
] as const)('names %s in "%s" (%s) %s', (name, unit, kind, expected) => {
  expect(prometheusName(name, unit, kind)).toBe(expected)
})

it('renders counters, gauges and cumulative buckets, with texts escaped', () => {
  const meter = new MeterRegistry()
  const changes = meter.counter('fairway.change', { description: 'Changes by "kind"\nand \\ more', unit: '{change}' })
  changes.add(2, { kind: 'a "quoted" \\ one\nline', state: 'done' })
  changes.add(1, { state: 'done', kind: 'a "quoted" \\ one\nline' })
  changes.add(-5)
  const latency = meter.histogram('latency', { description: 'Latency', unit: 's', bounds: [0.1, 1] })
  for (const seconds of [0.05, 0.1, 0.5, 7]) latency.record(seconds)
  meter.gauge('up', { description: 'Up', read: () => 1 })
  meter.counter('never.used', { description: 'Nothing' })
  expect(meter.prometheusText()).toBe(
    [
      '# HELP fairway_change_total Changes by "kind"\\nand \\\\ more',
      '# TYPE fairway_change_total counter',
      'fairway_change_total{kind="a \\"quoted\\" \\\\ one\\nline",state="done"} 3',
      '# HELP latency_seconds Latency',
      '# TYPE latency_seconds histogram',
      'latency_seconds_bucket{le="0.1"} 2',
      'latency_seconds_bucket{le="1"} 3',
      'latency_seconds_bucket{le="+Inf"} 4',
      'latency_seconds_sum 7.65',
      'latency_seconds_count 4',
      '# HELP up Up',
      '# TYPE up gauge',
      'up 1',
      '',
    ].join('\n'),
  )
})

it('puts label sets beyond the limit into one overflow series', () => {
  const meter = new MeterRegistry()
  const counter = meter.counter('c', { description: 'c' })
  for (let index = 0; index < 3_000; index++) counter.add(1, { index })
  const lines = meter.prometheusText().trim().split('\n').slice(2)
  expect(lines).toHaveLength(2_001)
  expect(lines).toContain('c_total{otel_metric_overflow="true"} 1000')
})
