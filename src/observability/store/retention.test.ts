import { expect, it, vi } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { silentLogger } from '#kernel/node/log'
import { MemoryTelemetryStore } from './memory-telemetry-store.ts'
import { startRetention } from './retention.ts'
import { logRow, requestRow } from './telemetry-store-contract.ts'

it('removes logs after seven days and request counts after thirty-five', async () => {
  const now = new Date('2026-05-01T00:00:00Z')
  const daysAgo = (days: number): number => now.getTime() / 1000 - days * 86_400
  const store = new MemoryTelemetryStore()
  await store.append(
    'log',
    [6, 8].map((days) => logRow({ atUs: daysAgo(days) * 1e6, body: `${days} days` })),
  )
  await store.append(
    'request',
    [34, 36].map((days) => requestRow({ atSeconds: daysAgo(days) })),
  )
  const range = { fromUs: 0, toUs: 1e16 }
  await using retention = startRetention({ store, clock: new ManualClock(now), log: silentLogger, firstAfterMs: 0 })
  await vi.waitFor(async () => expect(await store.requests({ ...range, stepSeconds: 10 })).toHaveLength(1))
  expect((await store.logs({ ...range, words: [], limit: 10 })).map((row) => row.body)).toEqual(['6 days'])
  expect(retention).toBeDefined()
})
