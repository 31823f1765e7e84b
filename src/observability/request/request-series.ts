import type { RequestRow } from '#observability/store'
import { latencyQuantile } from './latency.ts'

interface RequestPoint {
  /** Start of the step, ISO. */
  at: string
  requests: number
  errors: number
  p50Ms: number | null
  p95Ms: number | null
}

/** Counts of one release over time. */
export interface RequestSeries {
  release: string
  version: string
  points: RequestPoint[]
}

const MAX_POINTS = 600
const STEPS = [10, 30, 60, 300, 900, 3_600, 21_600, 86_400]

/** The least step that keeps a range within 600 points, not less than asked for. */
export function stepFor(rangeSeconds: number, wanted?: number): number {
  const least = Math.max(wanted ?? rangeSeconds / 120, rangeSeconds / MAX_POINTS)
  return STEPS.find((step) => step >= least) ?? 86_400
}

/** Rows as a series per release, with a point for each step of the range, also where nothing happened. Newest version first. */
export function requestSeries(rows: readonly RequestRow[], range: { fromSeconds: number; toSeconds: number; stepSeconds: number }): RequestSeries[] {
  const { stepSeconds } = range
  const first = Math.floor(range.fromSeconds / stepSeconds) * stepSeconds
  return [...Map.groupBy(rows, (row) => row.release)]
    .map(([release, ofRelease]) => {
      const bySteps = Map.groupBy(ofRelease, (row) => Math.floor(row.atSeconds / stepSeconds) * stepSeconds)
      const points: RequestPoint[] = []
      for (let step = first; step < range.toSeconds; step += stepSeconds) points.push(pointOf(step, bySteps.get(step) ?? []))
      return { release, version: ofRelease[0]?.version ?? '', points }
    })
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
}

function pointOf(step: number, rows: readonly RequestRow[]): RequestPoint {
  const sumOf = (of: (row: RequestRow) => readonly number[]): number[] =>
    rows.reduce<number[]>((sum, row) => of(row).map((count, index) => count + (sum[index] ?? 0)), [])
  const statuses = sumOf((row) => row.statuses)
  const latencies = sumOf((row) => row.latencies)
  return {
    at: new Date(step * 1000).toISOString(),
    requests: statuses.reduce((sum, count) => sum + count, 0),
    errors: statuses[4] ?? 0,
    p50Ms: latencyQuantile(latencies, 0.5),
    p95Ms: latencyQuantile(latencies, 0.95),
  }
}
