import type { Json, JsonObject } from '#kernel/common/json'
import { otlpAttributes, unixNanos } from './otlp-json.ts'
import { prometheusText, type PrometheusFamily } from './prometheus-text.ts'

/** Labels of a measurement. Of few values each: never an id or a raw path. A frozen object that is passed again costs next to nothing. */
export type Labels = Readonly<Record<string, string | number | boolean>>

/** What an instrument measures, and in which unit (UCUM, e.g. `s`, `By`, `{request}`). */
export interface InstrumentOptions {
  /** One sentence; becomes Prometheus' HELP. */
  description: string
  /** UCUM, e.g. `s`, `By`, `{request}`. */
  unit?: string
}

/** A sum that only grows. */
export interface Counter {
  /** Adds `value` (default 1, never negative). */
  add(value?: number, labels?: Labels): void
}
/** A value that goes up and down. */
export interface Gauge {
  set(value: number, labels?: Labels): void
}
/** How values are distributed. */
export interface Histogram {
  record(value: number, labels?: Labels): void
}

/** Instruments by OpenTelemetry name, e.g. `fairway.change.finished`. Asking for a name again gives the same instrument. */
export interface Meter {
  counter(name: string, options: InstrumentOptions): Counter
  /** `read` is asked when the value is needed. */
  gauge(name: string, options: InstrumentOptions & { read?: () => number }): Gauge
  /** Default bounds are those of `http.server.request.duration` in seconds. */
  histogram(name: string, options: InstrumentOptions & { bounds?: readonly number[] }): Histogram
}

/** OpenTelemetry semantic conventions, HTTP metrics: advised bounds of `http.server.request.duration`, in seconds. */
const HTTP_DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

/** Label sets beyond this go to one overflow series (OpenTelemetry SDK specification, cardinality limits). */
const MAX_SERIES = 2_000
const OVERFLOW: Labels = { 'otel.metric.overflow': true }

interface Series {
  labels: Labels
  value: number
  count: number
  buckets: number[]
}

interface Instrument {
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  options: InstrumentOptions
  bounds: readonly number[]
  read: (() => number) | undefined
  series: Map<string, Series>
  /** By labels that never change: whoever measures often passes the same object, and needs no key then. */
  known: WeakMap<Labels, Series>
}

/** The meter, with what is read from it. */
export class MeterRegistry implements Meter {
  readonly #instruments = new Map<string, Instrument>()
  readonly #startMs = Date.now()
  #changes = 0

  /** Grows with each recorded value: an export without new ones can be left out. */
  get changeCount(): number {
    return this.#changes
  }

  counter(name: string, options: InstrumentOptions): Counter {
    const instrument = this.#instrument(name, 'counter', options)
    return {
      add: (value = 1, labels = {}) => {
        if (value >= 0) this.#seriesOf(instrument, labels).value += value
      },
    }
  }

  gauge(name: string, options: InstrumentOptions & { read?: () => number }): Gauge {
    const instrument = this.#instrument(name, 'gauge', options, [], options.read)
    return {
      set: (value, labels = {}) => {
        this.#seriesOf(instrument, labels).value = value
      },
    }
  }

  histogram(name: string, options: InstrumentOptions & { bounds?: readonly number[] }): Histogram {
    const instrument = this.#instrument(name, 'histogram', options, options.bounds ?? HTTP_DURATION_BOUNDS)
    return {
      record: (value, labels = {}) => {
        const series = this.#seriesOf(instrument, labels)
        const found = instrument.bounds.findIndex((bound) => value <= bound)
        const bucket = found === -1 ? instrument.bounds.length : found
        series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
        series.value += value
        series.count += 1
      },
    }
  }

  /** Text exposition format 0.0.4 of everything, sorted by name. */
  prometheusText(): string {
    return prometheusText(this.#read().map(familyOf))
  }

  /** `metrics` of an OTLP/JSON request; sums and histograms cumulative since the start. */
  otlpMetrics(nowMs: number): Json[] {
    return this.#read()
      .filter((instrument) => instrument.series.size > 0)
      .map((instrument) => otlpMetric(instrument, this.#startMs, nowMs))
  }

  #read(): Instrument[] {
    const all = [...this.#instruments.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const { read, series } of all) if (read) series.set('{}', { labels: {}, value: read(), count: 0, buckets: [] })
    return all
  }

  #instrument(name: string, kind: Instrument['kind'], options: InstrumentOptions, bounds: readonly number[] = [], read?: () => number): Instrument {
    const known = this.#instruments.get(name)
    if (known) return known
    const made = { name, kind, options, bounds, read, series: new Map<string, Series>(), known: new WeakMap<Labels, Series>() }
    this.#instruments.set(name, made)
    return made
  }

  #seriesOf(instrument: Instrument, labels: Labels): Series {
    this.#changes++
    const known = instrument.known.get(labels)
    if (known) return known
    const found = this.#findSeries(instrument, labels)
    if (Object.isFrozen(labels)) instrument.known.set(labels, found)
    return found
  }

  #findSeries(instrument: Instrument, labels: Labels): Series {
    const key = keyOf(labels)
    const found = instrument.series.get(key)
    if (found) return found
    if (instrument.series.size >= MAX_SERIES && labels !== OVERFLOW) return this.#findSeries(instrument, OVERFLOW)
    const made = { labels, value: 0, count: 0, buckets: instrument.bounds.length === 0 ? [] : Array.from({ length: instrument.bounds.length + 1 }, () => 0) }
    instrument.series.set(key, made)
    return made
  }
}

function keyOf(labels: Labels): string {
  const names = Object.keys(labels)
  return names.length < 2 ? JSON.stringify(labels) : JSON.stringify(labels, names.sort())
}

function familyOf(instrument: Instrument): PrometheusFamily {
  const { name, kind, options, bounds } = instrument
  return { name, kind, unit: options.unit ?? '', help: options.description, bounds, series: [...instrument.series.values()] }
}

function otlpMetric(instrument: Instrument, startMs: number, nowMs: number): JsonObject {
  const times = { startTimeUnixNano: unixNanos(startMs), timeUnixNano: unixNanos(nowMs) }
  const series = [...instrument.series.values()]
  const points = series.map((one) => ({ ...times, attributes: otlpAttributes(one.labels), asDouble: one.value }))
  const common = { name: instrument.name, description: instrument.options.description, unit: instrument.options.unit ?? '' }
  if (instrument.kind === 'gauge') return { ...common, gauge: { dataPoints: points } }
  if (instrument.kind === 'counter') return { ...common, sum: { dataPoints: points, aggregationTemporality: 2, isMonotonic: true } }
  const dataPoints = series.map((one) => ({
    ...times,
    attributes: otlpAttributes(one.labels),
    count: String(one.count),
    sum: one.value,
    bucketCounts: one.buckets.map(String),
    explicitBounds: [...instrument.bounds],
  }))
  return { ...common, histogram: { dataPoints, aggregationTemporality: 2 } }
}
