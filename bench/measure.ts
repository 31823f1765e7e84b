import { loadavg } from 'node:os'

/** One measured number, and how it came to be. */
export interface Measurement {
  name: string
  /** Median of `samples`, unless `how` says otherwise. */
  value: number
  unit: string
  /** What we aim at, e.g. `<= 1200`. Printed, never judged: a busy machine fails nobody. */
  aim?: string
  how: string
  /** Single runs, in order. */
  samples?: number[]
  /** What belongs to the number, a line each. */
  details?: string[]
  /** Further numbers of the same measurement by name, for `--json`. */
  figures?: Readonly<Record<string, number>>
}

/** What a measure gets: how often to run, and a data folder with a finished first walk. */
export interface BenchContext {
  runs: number
  /** What `--components`, `--mode`, `--only`, `--seconds`, `--fill` and `--push` said. */
  catalog: { components: readonly number[]; modes: readonly string[]; only: readonly string[]; seconds: number; isFilled: boolean; isPushed: boolean }
  /** Says on standard error what a long measure has found so far. */
  progress(text: string): void
  /** Walks once when no folder was given, and again never. No platform runs on it when it resolves. */
  walked(): Promise<WalkedData>
}

/** A data folder on which the first walk has ended. */
export interface WalkedData {
  dataDir: string
}

/** Middle of the numbers; the lower one of two. @throws Error when there are none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5)
}

/** Nearest-rank quantile, `share` from 0 to 1. @throws Error when there are no numbers. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new Error('no numbers to take a quantile of')
  return found
}

/** The line of a measurement, with the load of the machine at its end. */
export function lineOf(measurement: Measurement): string {
  const { name, value, unit, aim, how, samples } = measurement
  const number = value >= 100 ? Math.round(value) : Number(value.toPrecision(3))
  const each = samples && samples.length > 1 ? `, runs ${samples.map((sample) => Number(sample.toPrecision(3))).join(' ')}` : ''
  return `${name}: ${number} ${unit}${aim === undefined ? '' : ` (aim ${aim})`}; ${how}${each}; load ${(loadavg()[0] ?? 0).toFixed(1)}`
}
