import { expect, test } from 'vitest'
import type { Span } from '../../api/shapes.ts'
import { layOutTrace } from './waterfall.ts'

const span = (spanId: string, parentSpanId: string | null, startMs: number, durationMs: number): Span => ({
  traceId: 't1',
  spanId,
  parentSpanId,
  name: spanId,
  component: 'orders',
  environment: 'dev',
  release: 'rel_1',
  version: '1',
  scope: '',
  offsetMs: startMs,
  kind: 'internal',
  startedAt: new Date(startMs).toISOString(),
  durationMs,
  status: 'ok',
  statusMessage: '',
  attributes: {},
  events: [],
})

test('children stand under their parents by start, orphans at the root', () => {
  const rows = layOutTrace([span('late', 'root', 60, 20), span('root', null, 0, 100), span('early', 'root', 10, 20), span('orphan', 'gone', 50, 10)])
  expect(rows.map((row) => [row.span.spanId, row.depth, row.offset, row.width])).toEqual([
    ['root', 0, 0, 1],
    ['early', 1, 0.1, 0.2],
    ['late', 1, 0.6, 0.2],
    ['orphan', 0, 0.5, 0.1],
  ])
})

test('an empty trace has no rows', () => {
  expect(layOutTrace([])).toEqual([])
})
