import pg from 'pg'
import type { Clock } from '#kernel/common/clock'
import type { Logger } from '#kernel/node/log'

/**
 * The sign that an executor lives: a session advisory lock of its own, on a connection of its own. It is free the moment the process
 * or its connection is gone, and whoever gets it may carry the executor's work on. Needs session connections (no PgBouncer in
 * transaction mode).
 */
export interface ExecutorLease extends AsyncDisposable {
  /** False while the connection is lost and not yet there again; what this executor runs is protected by fencing, not by the lease. */
  isHeld(): boolean
}

/** SQL of an executor's lock key. */
export const LEASE_KEY = (parameter: string): string => `hashtextextended('fairway-executor:' || ${parameter}, 0)`

/** Takes the lease and keeps it: a lost connection is made again. */
export async function holdExecutorLease(options: { databaseUrl: string; executorId: string; clock: Clock; log: Logger }): Promise<ExecutorLease> {
  const stop = new AbortController()
  let client: pg.Client | undefined

  const take = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: options.databaseUrl, keepAlive: true, application_name: 'fairway-executor' })
    next.on('error', () => {})
    try {
      await next.connect()
      await next.query(`select pg_advisory_lock(${LEASE_KEY('$1')})`, [options.executorId])
    } catch (error) {
      await next.end().catch(() => {})
      throw error
    }
    client = next
    next.once('end', () => {
      if (client !== next) return
      client = undefined
      options.log.warn('the connection that shows this executor to be alive was lost; another one may take over its work')
      void retake()
    })
  }
  const retake = async (): Promise<void> => {
    for (let attempt = 0; !stop.signal.aborted; attempt++) {
      try {
        await take()
        options.log.info('this executor shows itself alive again')
        return
      } catch {
        await options.clock.sleep(Math.min(5_000, 200 * 2 ** attempt), stop.signal).catch(() => {})
      }
    }
  }

  await take()
  return {
    isHeld: () => client !== undefined,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      const last = client
      client = undefined
      await last?.end().catch(() => {})
    },
  }
}
