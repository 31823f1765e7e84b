import { LATENCY_BOUNDS_MS, type RequestRow } from '#observability/store'
import type { Objective } from './objective.ts'
import type { RequestSelector } from './request-query.ts'

/** Good and all events of an objective in a row of request counts. */
export function countEvents(objective: Objective, row: RequestRow): { good: number; total: number } {
  const total = selected(objective.total, row)
  const part = selected(objective.part, row)
  return { good: objective.part.isBad ? total - part : part, total }
}

function selected(selector: RequestSelector, row: RequestRow): number {
  if (selector.maxDurationMs === undefined) return selector.statuses.reduce((sum, status) => sum + (row.statuses[status - 1] ?? 0), 0)
  const last = LATENCY_BOUNDS_MS.findIndex((bound) => bound === selector.maxDurationMs)
  return row.latencies.slice(0, last + 1).reduce((sum, count) => sum + count, 0)
}
