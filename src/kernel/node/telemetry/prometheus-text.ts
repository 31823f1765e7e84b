/** A metric with all its series. */
export interface PrometheusFamily {
  /** OpenTelemetry name, e.g. `http.server.request.duration`. */
  name: string
  kind: 'counter' | 'gauge' | 'histogram'
  unit: string
  help: string
  bounds: readonly number[]
  series: readonly { labels: Readonly<Record<string, string | number | boolean>>; value: number; count: number; buckets: readonly number[] }[]
}

/** UCUM units by the words that Prometheus puts into names (OpenTelemetry, Prometheus compatibility). */
const UNITS: Record<string, string> = { s: 'seconds', ms: 'milliseconds', us: 'microseconds', By: 'bytes', '%': 'percent', '1': 'ratio' }

/** Renders families in Prometheus' text exposition format 0.0.4. */
export function prometheusText(families: readonly PrometheusFamily[]): string {
  return families
    .filter((family) => family.series.length > 0)
    .map(familyText)
    .join('')
}

/** `http.server.request.duration` in `s` is `http_server_request_duration_seconds`; a counter ends in `_total`. */
export function prometheusName(name: string, unit: string, kind: PrometheusFamily['kind']): string {
  const base = name
    .replaceAll(/[^a-zA-Z0-9_:]/g, '_')
    .replace(/^(\d)/, '_$1')
    .replaceAll(/_+/g, '_')
    .replace(/_total$/, '')
  const word = unit.startsWith('{') ? '' : (UNITS[unit] ?? unit.replaceAll(/\W+/g, '_'))
  const united = word === '' || base.endsWith(`_${word}`) || (word === 'ratio' && kind !== 'gauge') ? base : `${base}_${word}`
  return kind === 'counter' ? `${united}_total` : united
}

function familyText(family: PrometheusFamily): string {
  const name = prometheusName(family.name, family.unit, family.kind)
  const lines = [`# HELP ${name} ${family.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`, `# TYPE ${name} ${family.kind}`]
  for (const series of family.series) {
    const labels = Object.entries(series.labels).map(([label, value]) => `${labelName(label)}="${escaped(String(value))}"`)
    if (family.kind !== 'histogram') lines.push(`${name}${braced(labels)} ${numberText(series.value)}`)
    else lines.push(...histogramLines(name, labels, family.bounds, series))
  }
  return `${lines.join('\n')}\n`
}

function histogramLines(name: string, labels: readonly string[], bounds: readonly number[], series: PrometheusFamily['series'][number]): string[] {
  let seen = 0
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => {
    seen += series.buckets[index] ?? 0
    return `${name}_bucket${braced([...labels, `le="${numberText(bound)}"`])} ${seen}`
  })
  return [...buckets, `${name}_sum${braced(labels)} ${numberText(series.value)}`, `${name}_count${braced(labels)} ${series.count}`]
}

function braced(labels: readonly string[]): string {
  return labels.length === 0 ? '' : `{${labels.join(',')}}`
}

function labelName(name: string): string {
  return name.replaceAll(/\W/g, '_').replace(/^(\d)/, '_$1')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}
