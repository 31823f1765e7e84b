/** Who a row is about. Empty text where it is unknown, so that columns have no nulls. */
export interface TelemetrySource {
  /** Catalog name, e.g. `orders`; of foreign telemetry its `service.name`. */
  component: string
  environment: string
  release: string
  version: string
  instance: string
}

/** A span as it is kept. Times in microseconds since 1970 and microseconds; ids in lower-case hex. */
export interface SpanRow extends TelemetrySource {
  traceId: string
  spanId: string
  /** Empty for a root. */
  parentSpanId: string
  name: string
  /** OTLP span kind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer; 0 unknown. */
  kind: number
  startUs: number
  durationUs: number
  /** OTLP status: 0 unset, 1 ok, 2 error. */
  status: number
  statusMessage: string
  scope: string
  /** JSON objects and lists as text. */
  attributes: string
  events: string
}

/** A log record as it is stored. */
export interface LogRow extends TelemetrySource {
  atUs: number
  /** OTLP severity number, 1 to 24; 0 unknown. 9 is info, 13 warn, 17 error. */
  severityNumber: number
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal`, or empty. */
  severity: string
  body: string
  /** `stdout`, `stderr` or `otlp`. */
  stream: string
  traceId: string
  spanId: string
  attributes: string
}

/** A data point of a metric as it is stored. */
export interface MetricRow extends TelemetrySource {
  atUs: number
  name: string
  kind: 'gauge' | 'sum' | 'histogram' | 'summary'
  unit: string
  /** 0 unspecified, 1 delta, 2 cumulative. */
  temporality: number
  isMonotonic: boolean
  /** Of a gauge or sum. */
  value: number
  /** Of a histogram or summary. */
  count: number
  sum: number
  /** JSON lists of the explicit bounds and the count in each bucket; `[]` otherwise. */
  bounds: string
  buckets: string
  attributes: string
}

/** Requests of one release of one component in one interval of `REQUEST_STEP_SECONDS`. */
export interface RequestRow {
  /** Start of the interval, a multiple of the step. */
  atSeconds: number
  component: string
  environment: string
  release: string
  version: string
  /** Answers by status class: index 0 is 1xx … index 4 is 5xx. */
  statuses: readonly number[]
  /** Requests without a 5xx answer by duration: one count per bound of `LATENCY_BOUNDS_MS`, and one for what is longer. */
  latencies: readonly number[]
}

/** Upper bounds (inclusive) of request durations in ms: those of OTel's `http.server.request.duration`, and finer ones where our services live. */
export const LATENCY_BOUNDS_MS = [0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 35, 50, 75, 100, 150, 250, 350, 500, 750, 1000, 1500, 2500, 5000, 7500, 10_000] as const

/** Width of the intervals in which requests are kept. */
export const REQUEST_STEP_SECONDS = 10

/** The kinds of rows; each is one table and one spool. */
export interface TelemetryRows {
  span: SpanRow
  log: LogRow
  metric: MetricRow
  request: RequestRow
  /** Minutes (since 1970) in which the ingress was watched: what is not here was not measured. */
  watch: { minute: number }
}

/** Kinds of rows. */
export type TelemetryKind = keyof TelemetryRows
