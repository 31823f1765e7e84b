export interface LogRecord {
  at: string
  severity: string
  body: string
  component: string
  environment: string
  release: string
  instance: string
  traceId: string | null
  attributes: Record<string, unknown>
}

interface RequestPoint {
  at: string
  requests: number
  errors: number
  p50Ms: number | null
  p95Ms: number | null
}

export interface RequestSeries {
  from: string
  to: string
  stepSeconds: number
  series: { release: string; version: string; points: RequestPoint[] }[]
}

export interface TraceSummary {
  traceId: string
  root: string
  component: string
  startedAt: string
  durationMs: number
  spanCount: number
  hasError: boolean
}

export interface Span {
  spanId: string
  parentSpanId: string | null
  name: string
  component: string
  kind: string
  startedAt: string
  durationMs: number
  status: 'ok' | 'error' | 'unset'
  attributes: Record<string, unknown>
}

export interface Slo {
  name: string
  component: string
  environment: string
  target: number
  window: string
  sli: { good: number; total: number; ratio: number | null }
  coverage: number
  budget: { remaining: number | null; burnedRatio: number | null }
  burnRates: { window: string; rate: number | null; threshold: number; isFiring: boolean }[]
  state: 'ok' | 'burning' | 'exhausted' | 'no-data'
}
