import pg from 'pg'
import type { Logger } from '#kernel/node/log'
import type { CatalogIndex } from './index/catalog-index.ts'

/** How often the version is looked at though nobody called: a notification may be lost with its connection. */
const CHECK_MS = 5_000
const RECONNECT_MAX_MS = 5_000

/**
 * Keeps this process's index level with what other processes commit: PostgreSQL tells at once; after each connecting and every five seconds the version
 * is compared, which is one row.
 */
export function startCatalogSync(deps: { databaseUrl: string; index: CatalogIndex; log: Logger; checkMs?: number }): AsyncDisposable {
  const stop = Promise.withResolvers<void>()
  const stopping = new AbortController()
  const follow = async (): Promise<void> => {
    await deps.index.follow().catch((error: unknown) => deps.log.warn('the catalog could not follow and tries again', { error }))
  }
  const listen = async (): Promise<void> => {
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      const client = new pg.Client({ connectionString: deps.databaseUrl, keepAlive: true, application_name: 'fairway-catalog' })
      const lost = Promise.withResolvers<void>()
      client.on('error', () => lost.resolve())
      client.on('end', () => lost.resolve())
      client.on('notification', () => void follow())
      try {
        await client.connect()
        await client.query('listen fairway_catalog')
        attempt = 0
        await follow()
        await Promise.race([lost.promise, stop.promise])
      } catch (error) {
        deps.log.warn('the catalog has no database to listen to and tries again', { error, attempt })
      }
      await client.end().catch(() => {})
      await pause(Math.min(RECONNECT_MAX_MS, 50 * 2 ** attempt), stop.promise)
    }
  }
  const timer = setInterval(() => void follow(), deps.checkMs ?? CHECK_MS)
  timer.unref()
  const running = listen()
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      clearInterval(timer)
      stop.resolve()
      await running
      await deps.index.settled()
    },
  }
}

async function pause(milliseconds: number, stopped: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(() => late.resolve(), milliseconds)
  await Promise.race([late.promise, stopped])
  clearTimeout(timer)
}
