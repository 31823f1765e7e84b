/** Pause before attempt `attempts + 1`: 1 s, 2 s, 4 s … at most 10 minutes, and up to a half more, so that what failed together does not come back together. */
export function retryDelayMs(attempts, random = Math.random()) {
  const base = Math.min(600_000, 1000 * 2 ** Math.min(attempts - 1, 20))
  return Math.round(base * (1 + random / 2))
}

/** An error that no further attempt can mend: the job becomes a dead letter at once. */
export class HopelessError extends Error {}

/** What becomes of a job whose attempt failed. */
export function afterFailure(job, error, random) {
  const isOver = error instanceof HopelessError || job.attempts >= job.maxAttempts
  return isOver ? { state: 'dead' } : { state: 'ready', delayMs: retryDelayMs(job.attempts, random) }
}
