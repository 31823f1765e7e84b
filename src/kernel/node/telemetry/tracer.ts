import { AsyncLocalStorage } from 'node:async_hooks'
import type { Json } from '#kernel/common/json'
import { otlpAttributes, unixNanos, type Attributes } from './otlp-json.ts'
import { formatTraceparent, newHexId, parseTraceparent, type TraceContext } from './trace-context.ts'

type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 }

interface SpanOptions {
  kind?: SpanKind
  attributes?: Attributes
  /** The parent; the span under way unless told, e.g. what `tracer.extract` found in a request. */
  parent?: TraceContext | undefined
  /** How long ago the work began, for a span that is made afterwards. */
  startedAgoMs?: number
}

/** Work that is being timed. After `end` nothing changes any more. */
interface Span {
  readonly context: TraceContext
  setAttributes(attributes: Attributes): void
  /** Marks the span as failed; `message` must not hold secrets. */
  fail(message: string): void
  end(): void
}

/** Makes spans. */
export interface Tracer {
  startSpan(name: string, options?: SpanOptions): Span
  /** Runs `work` as a span: what it starts, also asynchronously, is below it. A throw marks the span as failed and goes on. */
  inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>
  /** The span under way. */
  current(): TraceContext | undefined
  /** The caller's span, from the `traceparent` of a request. */
  extract(headers: Headers): TraceContext | undefined
  /** Headers that continue the trace on the other side; empty when none is under way. */
  inject(): Record<string, string>
}

interface Scope {
  context?: TraceContext
  /** Set while telemetry is exported: what happens then leaves no telemetry, or it would feed itself. */
  isSilent?: boolean
}

const scopes = new AsyncLocalStorage<Scope>()

/** Whether spans are not wanted here, as in the work of telemetry itself. */
export function isSilent(): boolean {
  return scopes.getStore()?.isSilent === true
}

/** Runs `work` without leaving any telemetry. */
export function silently<T>(work: () => Promise<T>): Promise<T> {
  return scopes.run({ isSilent: true }, work)
}

/** The span that we are in, if any. */
export function currentContext(): TraceContext | undefined {
  return scopes.getStore()?.context
}

/** @param record takes finished spans in OTLP/JSON. */
export function createTracer(record: (span: Json) => void): Tracer {
  const startSpan: Tracer['startSpan'] = (name, options = {}) => {
    const parent = options.parent ?? currentContext()
    const context = { traceId: parent?.traceId ?? newHexId(16), spanId: newHexId(8), isSampled: parent?.isSampled ?? true }
    if (isSilent() || !context.isSampled) return { context, setAttributes: () => {}, fail: () => {}, end: () => {} }
    return new RecordedSpan(name, context, parent?.spanId, options, record)
  }
  return {
    startSpan,
    inSpan: async (name, options, work) => {
      const span = startSpan(name, options)
      try {
        return await scopes.run({ ...scopes.getStore(), context: span.context }, () => work(span))
      } catch (error) {
        span.fail(error instanceof Error ? error.message : String(error))
        throw error
      } finally {
        span.end()
      }
    },
    current: currentContext,
    extract: (headers) => parseTraceparent(headers.get('traceparent')),
    inject: () => {
      const context = currentContext()
      return context ? { traceparent: formatTraceparent(context) } : {}
    },
  }
}

class RecordedSpan implements Span {
  readonly context: TraceContext
  readonly #name: string
  readonly #parentSpanId: string | undefined
  readonly #kind: SpanKind
  readonly #record: (span: Json) => void
  readonly #startMs: number
  #attributes: Attributes
  #failure: string | undefined
  #isEnded = false

  constructor(name: string, context: TraceContext, parentSpanId: string | undefined, options: SpanOptions, record: (span: Json) => void) {
    this.context = context
    this.#name = name
    this.#parentSpanId = parentSpanId
    this.#kind = options.kind ?? 'internal'
    this.#startMs = performance.timeOrigin + performance.now() - (options.startedAgoMs ?? 0)
    this.#attributes = options.attributes ?? {}
    this.#record = record
  }

  setAttributes(attributes: Attributes): void {
    this.#attributes = { ...this.#attributes, ...attributes }
  }

  fail(message: string): void {
    this.#failure ??= message
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#record({
      traceId: this.context.traceId,
      spanId: this.context.spanId,
      ...(this.#parentSpanId === undefined ? {} : { parentSpanId: this.#parentSpanId }),
      name: this.#name,
      kind: KINDS[this.#kind],
      startTimeUnixNano: unixNanos(this.#startMs),
      endTimeUnixNano: unixNanos(performance.timeOrigin + performance.now()),
      attributes: otlpAttributes(this.#attributes),
      status: this.#failure === undefined ? {} : { code: 2, message: this.#failure },
    })
  }
}
