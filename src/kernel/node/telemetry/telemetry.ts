import { isFault } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'
import type { LogEntry } from '#kernel/node/log'
import { BatchQueue } from './batch-queue.ts'
import { MeterRegistry, type Meter } from './meter.ts'
import { otlpAttributes, otlpRequest, unixNanos, type Attributes, type TelemetrySignal } from './otlp-json.ts'
import { createTracer, currentContext, isSilent, silently, type Tracer } from './tracer.ts'

export type { TelemetrySignal } from './otlp-json.ts'

/** Takes an OTLP/JSON request, e.g. `ExportTraceServiceRequest`. What it rejects is dropped and counted. */
type TelemetryExporter = (signal: TelemetrySignal, request: JsonObject) => Promise<void>

/** Who emits, and where it goes. */
export interface TelemetryOptions {
  /** `service.name`. */
  serviceName: string
  /** `service.version`. */
  version: string
  /** Further resource attributes. */
  resource?: Attributes
  /** May also come later, by `connect`. */
  exporter?: TelemetryExporter
  /** How long spans and logs are collected. Default 2000. */
  flushIntervalMs?: number
  /** How often metrics are exported, when there are new values. Default 60 000. */
  metricIntervalMs?: number
  /** Most spans, and most logs, that wait. Default 2048. */
  maxQueue?: number
}

/** How a program tells of itself: traces, metrics and logs in the shape of OTLP/JSON. Exporting is itself never traced, measured or logged. */
export interface Telemetry extends AsyncDisposable {
  readonly tracer: Tracer
  readonly meter: Meter
  /** Give it to `createLogger` as `sink`. A log line within a span carries its ids. */
  readonly logSink: (entry: LogEntry) => void
  /** Items that were lost because the queue was full or the exporter failed. */
  readonly droppedCount: number
  /** From now on, and with what has waited so far, export there. */
  connect(exporter: TelemetryExporter): void
  /** Runs `work` without leaving any telemetry. */
  silently<T>(work: () => Promise<T>): Promise<T>
  /** For `GET /metrics`: `text/plain; version=0.0.4`. */
  prometheusText(): string
  /** Exports everything that waits. */
  flush(): Promise<void>
}

const SEVERITIES = { debug: 5, info: 9, warn: 13, error: 17 } as const

/** Makes the platform's own traces, metrics and logs. They wait in memory, bounded, until an exporter is set. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const meter = new MeterRegistry()
  const resource = { 'service.name': options.serviceName, 'service.version': options.version, ...options.resource }
  const scope = { name: options.serviceName, version: options.version }
  let exporter = options.exporter
  let exportedChanges = 0

  const send = async (signal: TelemetrySignal, items: readonly Json[]): Promise<void> => {
    const to = exporter
    if (!to) throw new Error('nobody takes telemetry yet')
    await silently(() => to(signal, otlpRequest(signal, resource, scope, items)))
  }
  const queueOf = (signal: 'traces' | 'logs'): BatchQueue<Json> =>
    new BatchQueue({
      intervalMs: options.flushIntervalMs ?? 2_000,
      maxItems: options.maxQueue ?? 2_048,
      isReady: () => exporter !== undefined,
      send: (items) => send(signal, items),
    })
  const spans = queueOf('traces')
  const logs = queueOf('logs')
  const tracer = createTracer((span) => spans.push(span))
  const droppedCount = (): number => spans.droppedCount + logs.droppedCount
  meter.gauge('fairway.telemetry.dropped', { description: 'Spans and log lines of the platform that were lost', read: droppedCount })

  const exportMetrics = async (): Promise<void> => {
    if (!exporter || meter.changeCount === exportedChanges) return
    exportedChanges = meter.changeCount
    await send('metrics', meter.otlpMetrics(Date.now())).catch(() => {})
  }
  const timer = setInterval(() => void exportMetrics(), options.metricIntervalMs ?? 60_000)
  timer.unref()
  const flush = async (): Promise<void> => {
    await Promise.all([spans.flush(), logs.flush(), exportMetrics()])
  }

  return {
    tracer,
    meter,
    logSink: (entry) => {
      if (!isSilent()) logs.push(logRecord(entry))
    },
    get droppedCount() {
      return droppedCount()
    },
    connect: (to) => {
      exporter = to
      void flush()
    },
    silently,
    prometheusText: () => meter.prometheusText(),
    flush,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await flush()
    },
  }
}

function logRecord(entry: LogEntry): JsonObject {
  const { error, ...fields } = entry.fields
  const context = currentContext()
  const time = unixNanos(entry.at.getTime())
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: SEVERITIES[entry.level],
    severityText: entry.level.toUpperCase(),
    body: { stringValue: entry.message },
    attributes: otlpAttributes({ ...fields, ...errorAttributes(error) }),
    ...(context ? { traceId: context.traceId, spanId: context.spanId } : {}),
  }
}

/** By the names of OpenTelemetry's exception attributes. */
function errorAttributes(error: unknown): Attributes {
  if (error === undefined) return {}
  if (!(error instanceof Error)) return { 'exception.message': typeof error === 'string' ? error : JSON.stringify(error) }
  return { 'exception.type': isFault(error) ? error.code : error.name, 'exception.message': error.message, 'exception.stacktrace': error.stack }
}
