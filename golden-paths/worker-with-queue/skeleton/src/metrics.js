const BOUNDS_SECONDS = [0.01, 0.1, 0.5, 1, 5, 30, 120, 600]

/** Counters and histograms, for Prometheus and for OTLP. Labels must be few: kinds and outcomes, never ids. */
export function createMetrics() {
  const counters = new Map()
  const histograms = new Map()
  const entry = (map, name, labels, make) => {
    const key = `${name}${labelText(labels)}`
    if (!map.has(key)) map.set(key, { name, labels, ...make() })
    return map.get(key)
  }

  return {
    count(name, labels = {}) {
      entry(counters, name, labels, () => ({ value: 0 })).value += 1
    },
    observe(name, labels, value) {
      const histogram = entry(histograms, name, labels, () => ({ buckets: Array(BOUNDS_SECONDS.length + 1).fill(0), sum: 0, count: 0 }))
      const at = BOUNDS_SECONDS.findIndex((bound) => value <= bound)
      histogram.buckets[at === -1 ? BOUNDS_SECONDS.length : at] += 1
      histogram.sum += value
      histogram.count += 1
    },
    /** The text format of Prometheus, version 0.0.4. `gauges` are what is true now, by name and labels. */
    prometheusText(gauges) {
      const lines = []
      const typed = new Set()
      const type = (name, kind) => typed.has(name) || (typed.add(name), lines.push(`# TYPE ${name} ${kind}`))
      for (const { name, labels, value } of gauges) type(name, 'gauge') && lines.push(`${name}${labelText(labels)} ${value}`)
      for (const { name, labels, value } of counters.values()) type(name, 'counter') && lines.push(`${name}${labelText(labels)} ${value}`)
      for (const { name, labels, buckets, sum, count } of histograms.values()) {
        type(name, 'histogram')
        let below = 0
        for (const [index, bound] of [...BOUNDS_SECONDS, '+Inf'].entries()) lines.push(`${name}_bucket${labelText({ ...labels, le: bound })} ${(below += buckets[index])}`)
        lines.push(`${name}_sum${labelText(labels)} ${sum}`, `${name}_count${labelText(labels)} ${count}`)
      }
      return `${lines.join('\n')}\n`
    },
    /** Metrics of OTLP (JSON), cumulative since `startedAtMs`. */
    otlp(gauges, startedAtMs, nowMs = Date.now()) {
      const times = { startTimeUnixNano: nano(startedAtMs), timeUnixNano: nano(nowMs) }
      const point = (labels, value) => ({ attributes: attributesOf(labels), ...times, ...value })
      return [
        ...gauges.map(({ name, labels, value }) => ({ name, gauge: { dataPoints: [point(labels, { asInt: String(value) })] } })),
        ...[...counters.values()].map(({ name, labels, value }) => ({ name, sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [point(labels, { asInt: String(value) })] } })),
        ...[...histograms.values()].map(({ name, labels, buckets, sum, count }) => ({
          name, unit: 's',
          histogram: { aggregationTemporality: 2, dataPoints: [point(labels, { count: String(count), sum, explicitBounds: BOUNDS_SECONDS, bucketCounts: buckets.map(String) })] },
        })),
      ]
    },
  }
}

function labelText(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function attributesOf(labels) {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: String(value) } }))
}

function nano(ms) {
  return String(BigInt(ms) * 1_000_000n)
}
