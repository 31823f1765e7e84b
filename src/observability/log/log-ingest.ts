import type { Logger } from '#kernel/node/log'
import { BatchQueue } from '#kernel/node/telemetry'
import type { LogRow, TelemetryStore } from '#observability/store'
import { logRowOfLine, type WorkloadLine } from './log-line.ts'

/** Lines that wait for the disk; a workload that floods loses lines, not the platform its memory. */
const MAX_WAITING = 20_000
const INTERVAL_MS = 250

/** Takes lines of workloads, keeps them in batches, and lets readers follow. */
export interface LogIngest extends AsyncDisposable {
  /** Takes a line; it is durable within a quarter of a second. Never throws. */
  ingestLog(line: WorkloadLine): void
  readonly droppedCount: number
  flush(): Promise<void>
}

/** Makes the ingest of workload lines. Disposing stores what waits. */
export function createLogIngest(deps: { store: TelemetryStore; log: Logger }): LogIngest {
  let reportedCount = 0
  const queue = new BatchQueue<LogRow>({
    intervalMs: INTERVAL_MS,
    maxItems: MAX_WAITING,
    isReady: () => true,
    send: async (rows) => {
      await deps.store.append('log', rows)
      if (queue.droppedCount > reportedCount) deps.log.warn('log lines of workloads were dropped', { count: queue.droppedCount - reportedCount })
      reportedCount = queue.droppedCount
    },
  })
  return {
    ingestLog: (line) => queue.push(logRowOfLine(line)),
    get droppedCount() {
      return queue.droppedCount
    },
    flush: () => queue.flush(),
    [Symbol.asyncDispose]: () => queue.flush(),
  }
}
