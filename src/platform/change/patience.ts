import type { Clock } from '#kernel/common/clock'
import { isConnectionFailure } from '#kernel/node/database'

/** Thrown in place of an outcome when the process is about to stop: the step is left as it is, and run again under the same key. */
export class Abandoned extends Error {
  constructor() {
    super('the platform is stopping; this step goes on after the next start')
  }
}

/** PostgreSQL's own "try again": serialization failure, deadlock. */
const CONTENTION = ['40001', '40P01']

export function isContention(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CONTENTION.includes(String(error.code))
}

/**
 * Runs an idempotent piece of work, again and again while the database is away or says "try again": work goes on when the cause is gone.
 * @throws {Abandoned} when the process stops meanwhile; any other error of the work at once.
 */
export async function whileDatabaseRecovers<T>(options: {
  clock: Clock
  stop: AbortSignal
  work: () => Promise<T>
  onWait?: (error: unknown) => void
}): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    if (options.stop.aborted) throw new Abandoned()
    try {
      return await options.work()
    } catch (error) {
      if (options.stop.aborted) throw new Abandoned()
      if (!isConnectionFailure(error) && !isContention(error)) throw error
      if (attempt === 0) options.onWait?.(error)
      await options.clock.sleep(Math.min(5_000, 100 * 2 ** attempt), options.stop).catch(() => {
        throw new Abandoned()
      })
    }
  }
}
