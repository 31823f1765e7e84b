import { readEvents, type Client } from '#contract'
import type { Change } from './change-view.ts'

const SETTLED = new Set(['done', 'rolled_back', 'failed', 'rejected', 'denied', 'expired', 'cancelled'])

export function isSettled(state: string): boolean {
  return SETTLED.has(state)
}

/** True while approvals are missing. With the last of them a change still shows `waiting` for the moment until its workflow has woken. */
export function waitsForPeople(change: Pick<Change, 'state' | 'approvals' | 'plan'>): boolean {
  const given = change.approvals.filter((approval) => approval.verdict === 'approved').length
  return change.state === 'waiting' && given < (change.plan?.approval?.required ?? 1)
}

/**
 * Follows a change until `until` holds (by default: settled, or waiting for a person), telling `onUpdate` of each answer.
 * Woken by the event stream; asks again after `safetyMs` at the latest, since the progress of a running step is no event.
 */
export async function followChange(
  client: Client,
  id: string,
  options: { onUpdate?: (change: Change) => void; until?: (change: Change) => boolean; safetyMs?: number; signal?: AbortSignal } = {},
): Promise<Change> {
  const until = options.until ?? ((change: Change) => isSettled(change.state) || waitsForPeople(change))
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal
  let wake = (): void => {}
  const listening = (async () => {
    for await (const event of readEvents(client, { signal, topics: `change/${id}` })) if (event.subject === `change/${id}`) wake()
  })()
  // Without the stream (a token that may not read events, say) the safety interval still carries us.
  listening.catch(() => {})
  try {
    for (;;) {
      signal.throwIfAborted()
      const change = await client.call('changes.get', { params: { id } }, { signal })
      options.onUpdate?.(change)
      if (until(change)) return change
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.safetyMs ?? 400)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  } finally {
    stop.abort()
  }
}
