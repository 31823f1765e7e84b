import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { MemoryTelemetryStore } from '#observability/store'
import { createOtlpIngest } from './otlp-ingest.ts'
import { rowsOf } from './otlp-rows.ts'
import { slicesOf } from './otlp-slices.ts'

const record = fc.record({ body: fc.record({ stringValue: fc.string() }), severityNumber: fc.integer({ min: 1, max: 24 }) })
const resource = fc.record({
  resource: fc.record({ attributes: fc.constantFrom([{ key: 'service.name', value: { stringValue: 'orders' } }], []) }),
  scopeLogs: fc.array(fc.record({ scope: fc.record({ name: fc.string() }), logRecords: fc.array(record, { maxLength: 12 }) }), { maxLength: 3 }),
})

it('gives the same rows in slices as at once', () => {
  fc.assert(
    fc.property(fc.array(resource, { maxLength: 4 }), fc.integer({ min: 1, max: 7 }), (resourceLogs, size) => {
      const request = { resourceLogs }
      const sliced = [...slicesOf('logs', request, size)].flatMap((slice): readonly unknown[] => rowsOf('logs', slice, undefined, 1).rows)
      expect(sliced).toEqual(rowsOf('logs', request, undefined, 1).rows)
    }),
  )
})

it('keeps nothing of a request that is wrong in its last part', async () => {
  const store = new MemoryTelemetryStore()
  const ingest = createOtlpIngest({ store, clock: new ManualClock() })
  const logRecords = Array.from({ length: 2_000 }, () => ({ body: { stringValue: 'x' } }))
  const bad = { resourceLogs: [{ scopeLogs: [{ logRecords }, { logRecords: [{ attributes: 'none' }] }] }] }
  await expect(ingest.take('logs', bad)).rejects.toMatchObject({ code: 'observability.otlp.bad_data' })
  expect(await store.logs({ fromUs: 0, toUs: 1e17, words: [], limit: 1 })).toEqual([])
  expect(await ingest.take('logs', { resourceLogs: [{ scopeLogs: [{ logRecords }] }] })).toEqual({ acceptedCount: 2_000, rejectedCount: 0, reason: '' })
})
