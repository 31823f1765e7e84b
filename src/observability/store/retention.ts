import { startLoop } from '#kernel/node/lifecycle'
import type { Clock } from '#kernel/common/clock'
import type { Logger } from '#kernel/node/log'
import type { TelemetryStore } from './telemetry-store.ts'

const DAY_MS = 86_400_000
/** Request counts are small and objectives look back a month and more. */
const REQUEST_DAYS = 35
const INTERVAL_MS = 6 * 3_600_000

/** Removes telemetry by age, some minutes after the start and then every six hours. `days` (default 7) is for spans, logs and metrics. */
export function startRetention(deps: { store: TelemetryStore; clock: Clock; log: Logger; days?: number; firstAfterMs?: number }): AsyncDisposable {
  let isFirst = true
  return startLoop({
    name: 'telemetry retention',
    intervalMs: INTERVAL_MS,
    log: deps.log,
    work: async (signal) => {
      if (isFirst) await deps.clock.sleep(deps.firstAfterMs ?? 300_000, signal).catch(() => {})
      isFirst = false
      if (signal.aborted) return
      const nowMs = deps.clock.now().getTime()
      await deps.store.prune(['span', 'log', 'metric'], (nowMs - (deps.days ?? 7) * DAY_MS) * 1000)
      await deps.store.prune(['request', 'watch'], (nowMs - REQUEST_DAYS * DAY_MS) * 1000)
    },
  })
}
