import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Logger } from '#kernel/node/log'
import { PostgresEventFeed, type EventFeed } from './event-feed.ts'
import { EventLog } from './event-log.ts'
import { eventRoutes } from './event-routes.ts'
import type { WatchCredential } from './event-stream.ts'

export interface EventsDeps {
  db: Database
  /** For the one connection that listens. Has a password. */
  databaseUrl: string
  clock: Clock
  log: Logger
  /** From identity: a live stream ends with its credential. */
  watchCredential: WatchCredential
  /** Milliseconds between comments on an idle stream; 15,000 unless told. */
  heartbeatMs?: number
}

/** The event log, its feed and their routes. The feed runs after `feed.start()`. */
export function createEvents(deps: EventsDeps): { journal: EventLog; feed: EventFeed; routes: Route[] } {
  const eventLog = new EventLog(deps)
  const feed = new PostgresEventFeed({ ...deps, eventLog })
  return { journal: eventLog, feed, routes: eventRoutes({ ...deps, eventLog, feed, heartbeatMs: deps.heartbeatMs ?? 15_000 }) }
}
