import type { ApplyContext, Outcome, PlannedAction } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { HostRequest } from '../actions/index.ts'
import { findBegun, forgetBegun, recordBegun, type BegunEffect } from './begun-store.ts'
import { effectOwner } from './effect-key.ts'

/**
 * Whether sending a request twice does no more than sending it once: reads, and what says how something shall be (RFC 9110, section 9.2.2); a `POST`
 * only where its answer tells that it is there already. Pure.
 */
export function isRepeatable(request: Pick<HostRequest, 'method' | 'doneStatuses'>): boolean {
  return request.method !== 'POST' || (request.doneStatuses ?? []).length > 0
}

/** Thrown away as an outcome: the effect was cut off, and may have been done. */
class MayBeDone extends Error {
  readonly at: Date

  constructor(at: Date) {
    super('may have been done')
    this.name = 'MayBeDone'
    this.at = at
  }
}

/** Steps of one effect, each sent at most once where it can not be repeated. */
export interface Once {
  /** Where to begin: what is before it was done by an earlier attempt. */
  from: number
  /** What the requests before said. */
  outputs: JsonObject
  /** @param mayRepeat sending it again does no harm. */
  send: <T>(nth: number, mayRepeat: boolean, outputs: JsonObject, work: () => Promise<T>) => Promise<T>
}

/**
 * Carries an effect out whose requests leave no trace of their own. Before one that can not be repeated a note is made, and taken back when the host has
 * answered. When there is a note already, the one before was cut off: a person is told where to look, and the attempt ends. A retry, which a person asks
 * for, sends it again.
 * @param look where a person sees whether it was done.
 */
export async function once(
  db: Database,
  action: PlannedAction,
  context: ApplyContext,
  look: string,
  perform: (once: Once) => Promise<Outcome>,
): Promise<Outcome> {
  const owner = effectOwner(action, context.key)
  const effect = typeof action.input['effect'] === 'string' ? action.input['effect'] : action.id
  const attempt = context.key.split(':')[0] ?? context.key
  const begun = await findBegun(db, owner, effect)
  if (begun?.isOpen && begun.attempt === attempt) return mayBeDone(action, look, begun.begunAt)
  try {
    const outcome = await perform({
      from: begun?.request ?? 0,
      outputs: begun?.outputs ?? {},
      send: async (nth, mayRepeat, outputs, work) => {
        const note = async (isOpen: boolean): Promise<void> => await recordBegun(db, owner, effect, { attempt, request: nth, isOpen, outputs })
        await note(!mayRepeat)
        try {
          return await work()
        } catch (error) {
          if (!mayRepeat && isUnanswered(error)) throw new MayBeDone(new Date())
          await note(false)
          throw error
        }
      },
    })
    if (outcome.outcome === 'done') await forgetBegun(db, owner, effect)
    return outcome
  } catch (error) {
    if (error instanceof MayBeDone) return mayBeDone(action, look, error.at)
    throw error
  }
}

/** Nobody knows whether the host did it: it went away, or the time was over. What it refused it has not done. */
function isUnanswered(error: unknown): boolean {
  return !isFault(error) || error.retry === 'backoff'
}

function mayBeDone(action: PlannedAction, look: string, at: BegunEffect['begunAt']): Outcome {
  const message = `"${action.title}" was sent at ${at.toISOString()} and cut off before the answer came: it may have been done. Look at ${look}; then try again, which sends it again, or leave it`
  return { outcome: 'refused', reason: 'may-be-done', message }
}
