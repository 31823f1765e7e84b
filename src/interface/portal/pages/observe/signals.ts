import type { RequestSeries } from '../../api/shapes.ts'

/** What a component did in a time range, over all its releases. */
export interface SignalSummary {
  requests: number
  errors: number
  errorRatio: number
  /** Worst 95th percentile of any step; null without requests. */
  p95Ms: number | null
  /** Requests of each step. */
  perStep: number[]
}

/** Adds the releases up. */
export function summarise({ series }: RequestSeries): SignalSummary {
  const perStep = new Map<string, number>()
  let requests = 0
  let errors = 0
  let p95Ms: number | null = null
  for (const { points } of series) {
    for (const point of points) {
      perStep.set(point.at, (perStep.get(point.at) ?? 0) + point.requests)
      requests += point.requests
      errors += point.errors
      if (point.p95Ms !== null) p95Ms = Math.max(p95Ms ?? 0, point.p95Ms)
    }
  }
  const steps = [...perStep].sort(([a], [b]) => a.localeCompare(b)).map(([, value]) => value)
  return { requests, errors, errorRatio: requests === 0 ? 0 : errors / requests, p95Ms, perStep: steps }
}

export type Measure = 'requests' | 'errors' | 'p95Ms'

/** uPlot's columns: instants in seconds, then a column for each release; a release has null where it did not serve. */
export function chartColumns({ series }: RequestSeries, measure: Measure): { times: number[]; columns: (number | null)[][] } {
  const times = [...new Set(series.flatMap(({ points }) => points.map((point) => Date.parse(point.at) / 1000)))].sort((a, b) => a - b)
  const columns = series.map(({ points }) => {
    const byTime = new Map(points.map((point) => [Date.parse(point.at) / 1000, point[measure]]))
    return times.map((time) => byTime.get(time) ?? null)
  })
  return { times, columns }
}
