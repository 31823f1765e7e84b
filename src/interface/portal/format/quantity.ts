/** `0 B`, `812 B`, `1.4 kB`, `23 MB`: decimal units, as download sizes are read. */
export function formatSize(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = sizeBytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** Euro cents per month as `€4.20`; with `isDelta` a sign goes first: `+€4.20`, `−€1.00`, `±€0.00`. */
export function formatMoney(costCents: number, isDelta = false): string {
  const amount = `€${(Math.abs(costCents) / 100).toLocaleString('en-GB', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`
  if (!isDelta) return costCents < 0 ? `−${amount}` : amount
  return `${costCents > 0 ? '+' : costCents < 0 ? '−' : '±'}${amount}`
}

/** `1 file`, `2 files`; the plural may be given where an s is not enough. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `20,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-GB')
}

/** A ratio of 0 to 1 as percent, with as many digits as an objective needs: `99.95%`, `50%`, `0.4%`. */
export function formatPercent(ratio: number): string {
  const percent = ratio * 100
  const digits = percent > 99 && percent < 100 ? 2 : Math.abs(percent) < 10 ? 1 : 0
  return `${Number(percent.toFixed(digits))}%`
}

/** `240 ms` under a second, `1.24 s` above, `–` when unknown. */
export function formatLatency(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 1000 ? `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`
}
