/**
 * Reads a duration as people write it: `1h 30m`, `1.5h`, `250ms`.
 * @returns milliseconds.
 * @throws DurationError for anything else; each unit may stand once, the larger first.
 */
export function parseDuration(text: string): number

/**
 * Writes a duration as people read it: `5400000` is `1h 30m`.
 * @param ms milliseconds, from 0 on.
 * @param options `parts`: how many units at most, 2 unless told; the last one is rounded.
 * @throws RangeError for a number that is no duration.
 */
export function formatDuration(ms: number, options?: { parts?: number }): string

/** What was given is no duration. */
export class DurationError extends Error {
  constructor(text: string)
  /** What was given. */
  readonly text: string
}
