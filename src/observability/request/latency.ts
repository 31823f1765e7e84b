import { LATENCY_BOUNDS_MS } from '#observability/store'

/** Index of the bucket of a duration, for `RequestRow.latencies`. */
export function latencyBucket(durationMs: number): number {
  const found = LATENCY_BOUNDS_MS.findIndex((bound) => durationMs <= bound)
  return found === -1 ? LATENCY_BOUNDS_MS.length : found
}

/**
 * The quantile (0 to 1) of durations counted in buckets, in ms, linear within its bucket; null without any. What lies beyond the last bound is
 * taken as that bound, as Prometheus' `histogram_quantile` does.
 */
export function latencyQuantile(latencies: readonly number[], quantile: number): number | null {
  const total = latencies.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const rank = quantile * total
  let below = 0
  for (const [index, count] of latencies.entries()) {
    const upper = LATENCY_BOUNDS_MS[index]
    if (upper === undefined) break
    if (count > 0 && below + count >= rank) {
      const lower = LATENCY_BOUNDS_MS[index - 1] ?? 0
      return round(lower + (upper - lower) * Math.max(0, (rank - below) / count))
    }
    below += count
  }
  return LATENCY_BOUNDS_MS.at(-1) ?? null
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
