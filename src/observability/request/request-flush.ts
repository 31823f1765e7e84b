import type { Clock } from '#kernel/common/clock'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { REQUEST_STEP_SECONDS, type RequestRow, type TelemetryStore } from '#observability/store'
import type { RequestMetrics } from './request-metrics.ts'

/** What moves request counts to the store. */
export interface RequestFlushDeps {
  metrics: RequestMetrics
  store: TelemetryStore
  clock: Clock
  log: Logger
  /** Told of each batch of rows once it is stored, so never twice of the same; and of each watched minute (since 1970), also while nothing can be stored. */
  onFlush?: (rows: readonly RequestRow[], watchedMinute: number) => void
}

/** Stores finished steps every ten seconds, and that the ingress is being watched every minute. Disposing stores the rest. */
export function startRequestFlush(deps: RequestFlushDeps): AsyncDisposable {
  let watchedMinute = 0
  const flush = async (isAll: boolean): Promise<void> => {
    const minute = Math.floor(deps.clock.now().getTime() / 60_000)
    const rows = deps.metrics.takeUnstored(isAll)
    try {
      await deps.store.append('request', rows)
    } catch (error) {
      deps.metrics.put(rows)
      deps.onFlush?.([], minute)
      throw error
    }
    deps.onFlush?.(rows, minute)
    deps.metrics.forgetOld()
    if (minute === watchedMinute) return
    await deps.store.append('watch', [{ minute }])
    watchedMinute = minute
  }
  const loop = startLoop({ name: 'storing request metrics', intervalMs: REQUEST_STEP_SECONDS * 1000, log: deps.log, work: () => flush(false) })
  return {
    [Symbol.asyncDispose]: async () => {
      await loop[Symbol.asyncDispose]()
      await flush(true).catch((error: unknown) => deps.log.warn('the last request metrics were not stored', { error }))
    },
  }
}
