import { readEvents, type Client } from '#contract'
import type { Change } from './change-view.ts'

const SETTLED = new Set(['done', 'rolled_back', 'failed', 'rejected', 'denied', 'expired', 'cancelled'])

export function isSettled(state: string): boolean {
  return SETTLED.has(state)
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
  const until = options.until ?? ((change: Change) => isSettled(change.state) || change.state === 'waiting')
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
