import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import type { LocalGitHost } from './local-git-host.ts'
import { tellDue, type PullRequestSubscriber } from './pull-request-telling.ts'
import { deliverDue, registerSubscribers, type PushSubscriber } from './push-delivery.ts'

const DELIVERY_INTERVAL_MS = 2_000
const SWEEP_INTERVAL_MS = 30_000

/**
 * Starts what runs behind the Git host: finds pushes that came while nobody recorded them, then tells subscribers of pushes, each in order within a
 * repository, at least once and, unless a crash falls into `handle`, exactly once. One process a data folder.
 */
export async function startGitHost(deps: {
  host: LocalGitHost
  db: Database
  clock: Clock
  log: Logger
  subscribers: readonly PushSubscriber[]
  /** Told of each pull request that is opened or moved. */
  onPullRequest?: PullRequestSubscriber
}): Promise<AsyncDisposable> {
  await registerSubscribers(deps.db, deps.subscribers)
  // What was under way when the last process ended is due now.
  await sql`update git_push_delivery set next_attempt_at = ${deps.clock.now()} where state = 'waiting'`.execute(deps.db)
  await deps.host.recover()
  const stack = new AsyncDisposableStack()
  for (const subscriber of deps.subscribers) {
    const loop = startLoop({
      name: `telling ${subscriber.name} of pushes`,
      intervalMs: DELIVERY_INTERVAL_MS,
      log: deps.log,
      work: async (signal) => await deliverDue(deps, subscriber, signal),
    })
    stack.use(loop)
    stack.defer(deps.host.onRecorded(() => loop.wake()))
  }
  const { onPullRequest } = deps
  if (onPullRequest) {
    const loop = startLoop({
      name: 'telling of pull requests',
      intervalMs: DELIVERY_INTERVAL_MS,
      log: deps.log,
      work: async (signal) => await tellDue(deps, onPullRequest, signal),
    })
    stack.use(loop)
    stack.defer(deps.host.onPullRequest(() => loop.wake()))
  }
  stack.use(
    startLoop({
      name: 'looking after unfinished Git writes',
      intervalMs: SWEEP_INTERVAL_MS,
      log: deps.log,
      work: async () => await deps.host.recorder.sweep(),
    }),
  )
  return stack
}
