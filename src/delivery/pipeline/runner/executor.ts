import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import { isConnectionFailure, type Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { claimRun, expireExecutor, listExecutors, releaseRun, renewLeases } from '../run/lease-store.ts'
import { ProgressStore } from '../run/progress-store.ts'
import { LEASE_MS } from '../run/run-store.ts'
import type { RunRecord } from '../run/run.ts'
import { executorIdentity, isKnownDead } from './executor-identity.ts'
import { RunExecution, type RunExecutionDeps } from './run-execution.ts'
import { Slots } from './slots.ts'

/** What an executor works with. `concurrency` counts jobs at once. */
export interface ExecutorDeps extends Omit<RunExecutionDeps, 'progress' | 'slots'> {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  /** Jobs at once. */
  concurrency: number
  /** A run of this executor is over. */
  runFinished: () => void
}

/** Takes runs from the queue until it is disposed. */
export interface Executor extends AsyncDisposable {
  /** A run may be waiting: look at once. */
  wake(): void
  /** Somebody asked a run to stop. Of a run of another executor it does nothing: its own notices at its next renewal. */
  cancel(runId: string): void
}

/** Without a wake, a look at the queue this often: for runs that another executor queued, or left. */
const POLL_MS = 5_000
const RENEW_MS = 5_000
/** Runs at once beyond the jobs at once: a run may wait for a concurrency group while others work. */
const RUNS_PER_JOB = 4

/** Takes runs from the queue and carries them to their end, as long as it lives. */
export function startExecutor(deps: ExecutorDeps): Executor {
  const identity = executorIdentity()
  const slots = new Slots(deps.concurrency)
  const progress = new ProgressStore({ db: deps.db, journal: deps.journal, executor: identity, now: () => deps.clock.now() })
  const active = new Map<string, { execution: RunExecution; abandon: AbortController; done: Promise<void> }>()

  const carry = async (run: RunRecord, execution: RunExecution, abandon: AbortController): Promise<void> => {
    try {
      await execution.execute()
    } catch (error) {
      if (isFault(error, 'delivery.pipeline.lease_lost') || abandon.signal.aborted) return
      if (isConnectionFailure(error)) {
        // Its lease ends by itself, and whoever reaches the database then goes on.
        deps.log.warn('a run is left, since the database is away', { run: run.id, error })
        return
      }
      deps.log.error('a run failed inside the engine', { run: run.id, repository: run.repository, error })
      const message = 'Something failed inside the engine; the platform log has it under the id of this run.'
      await progress
        .finishRun(run, 'failure', [{ level: 'error', message }])
        .catch((failure: unknown) => deps.log.error('a run could not be finished', { run: run.id, error: failure }))
    }
  }

  const begin = (run: RunRecord): void => {
    const abandon = new AbortController()
    const execution = new RunExecution(run, { ...deps, progress, slots }, abandon.signal)
    const done = carry(run, execution, abandon).finally(() => {
      active.delete(run.id)
      deps.runFinished()
      wake()
    })
    active.set(run.id, { execution, abandon, done })
  }

  const wake = (): void => queue.wake()

  const queue = startLoop({
    name: 'pipeline queue',
    intervalMs: POLL_MS,
    log: deps.log,
    work: async (signal) => {
      while (!signal.aborted && active.size < deps.concurrency * RUNS_PER_JOB) {
        const run = await claimRun(deps.db, identity, deps.clock.now())
        if (!run) break
        begin(run)
      }
    },
  })

  let renewedAt = deps.clock.now().getTime()
  const renewal = startLoop({
    name: 'pipeline leases',
    intervalMs: RENEW_MS,
    log: deps.log,
    work: async () => {
      if (await expireDead(deps)) wake()
      if (active.size === 0) return
      const asked = [...active.keys()]
      try {
        const held = new Map((await renewLeases(deps.db, identity, asked, deps.clock.now())).map((lease) => [lease.id, lease]))
        renewedAt = deps.clock.now().getTime()
        for (const id of asked) {
          if (!held.has(id)) active.get(id)?.abandon.abort(new Error('the run was taken over'))
          else if (held.get(id)?.isCancelRequested) active.get(id)?.execution.cancel()
        }
      } catch (error) {
        // Nobody can have taken a run while the database is away; but when it is back before us, somebody may.
        if (deps.clock.now().getTime() - renewedAt > LEASE_MS) deps.log.warn('leases of runs could not be renewed in time', { count: asked.length })
        throw error
      }
    },
  })

  return {
    wake,
    cancel: (runId) => active.get(runId)?.execution.cancel(),
    [Symbol.asyncDispose]: async () => {
      await queue[Symbol.asyncDispose]()
      const left = [...active.entries()]
      for (const [, run] of left) run.abandon.abort(new Error('the platform stops'))
      await Promise.all(
        left.map(async ([id, run]) => {
          await run.done
          // The next start goes on at once, without waiting for the lease to end.
          await releaseRun(deps.db, identity, id).catch(() => {})
        }),
      )
      await renewal[Symbol.asyncDispose]()
    },
  }
}

/** @returns whether there were any. */
async function expireDead(deps: ExecutorDeps): Promise<boolean> {
  let found = false
  for (const executor of await listExecutors(deps.db)) {
    if (!isKnownDead(executor)) continue
    deps.log.info('an executor is gone; its runs go on here', { code: executor })
    await expireExecutor(deps.db, executor)
    found = true
  }
  return found
}
