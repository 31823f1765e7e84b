/** Pauses before a replica is started again. Kubernetes has the same shape (10 s to 5 min); a laptop wants to see sooner. */
export interface BackOff {
  baseMs: number
  maxMs: number
  /** A replica that was healthy this long is trusted again: counting starts anew. */
  resetAfterMs: number
}

/** Kubernetes' manner of restarts, from a second to a minute; forgotten after a minute of health. */
export const restartBackOff: BackOff = { baseMs: 1_000, maxMs: 60_000, resetAfterMs: 60_000 }

/** How many failures in a row there are, after one more that came `healthyMs` after the replica had become ready (0: it never did). */
export function countFailure(failuresBefore: number, healthyMs: number, backOff: BackOff = restartBackOff): number {
  return healthyMs >= backOff.resetAfterMs ? 1 : failuresBefore + 1
}

/** Pause after the `failures`-th failure in a row: 1 s, 2 s, 4 s … 60 s. */
export function restartDelayMs(failures: number, backOff: BackOff = restartBackOff): number {
  return Math.min(backOff.maxMs, backOff.baseMs * 2 ** Math.max(0, Math.min(failures - 1, 30)))
}
