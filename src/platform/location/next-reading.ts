import type { LocationKind } from './location-target.ts'

/** How often a location is looked at when nothing tells of changes, in milliseconds. A look at what did not change costs next to nothing. */
const INTERVAL_MS: Readonly<Record<LocationKind, number>> = { url: 300_000, git: 300_000, organisation: 600_000, file: 600_000 }
const FIRST_RETRY_MS = 15_000
const LONGEST_RETRY_MS = 3_600_000

/**
 * When a location is read next, in milliseconds from now. Pure.
 * - Read in full, or wrong in a way that only its author mends: the interval of its kind.
 * - Something was away: 15 s, doubled with each failure in a row, up to an hour.
 * - Both within a quarter up or down by `random` (0 to 1), so that locations that failed together don't come back together.
 */
export function nextReadingMs(input: { kind: LocationKind; isAway: boolean; attempts: number; random: number }): number {
  const plain = input.isAway ? Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, input.attempts - 1), LONGEST_RETRY_MS) : INTERVAL_MS[input.kind]
  return Math.round(plain * (0.75 + input.random / 2))
}
