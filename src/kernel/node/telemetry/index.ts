export * from './telemetry.ts'
export type { Counter, Gauge, Histogram, InstrumentOptions, Labels, Meter } from './meter.ts'
export type { Span, SpanKind, SpanOptions, Tracer } from './tracer.ts'
export { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.ts'
