import { createParser } from 'eventsource-parser'
import { api } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'

interface LiveEvent {
  id: string | undefined
  type: string
  data: string
}

interface StreamOptions {
  url: string
  onEvent: (event: LiveEvent) => void
  onState: (state: StreamState) => void
  /** Type of the event after which the stream is over and not opened again. */
  endType?: string
  /** First wait before a new attempt; doubles up to `maxDelayMs`. */
  minDelayMs?: number
  maxDelayMs?: number
}

export type StreamState = 'connecting' | 'live' | 'lost' | 'signed-out'

/**
 * Server-sent events by `fetch`: `EventSource` hands over only event types that one knows beforehand, and Fairway's `event` field is open-ended.
 * Goes on after the last seen id when the connection breaks, until the returned function is called.
 */
export function openStream({ url, onEvent, onState, endType, minDelayMs = 500, maxDelayMs = 15_000 }: StreamOptions): () => void {
  const stopped = new AbortController()
  let lastId: string | undefined
  let wake: () => void = () => undefined
  const onOnline = (): void => wake()
  window.addEventListener('online', onOnline)

  const run = async (): Promise<void> => {
    let failures = 0
    while (!stopped.signal.aborted) {
      try {
        const response = await api.raw(url, {
          headers: { accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
          cache: 'no-store',
          signal: stopped.signal,
        })
        if (response.body === null) throw new Error('the stream has no body')
        failures = 0
        onState('live')
        await read(response.body, (event) => {
          lastId = event.id ?? lastId
          if (endType !== undefined && event.type === endType) stopped.abort()
          else onEvent(event)
        })
      } catch (error) {
        if (stopped.signal.aborted) return
        if (error instanceof ApiProblem && error.status === 401) {
          onState('signed-out')
          return
        }
      }
      failures += 1
      onState('lost')
      const delayMs = Math.min(maxDelayMs, minDelayMs * 2 ** (failures - 1))
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delayMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  onState('connecting')
  void run()
  return () => {
    window.removeEventListener('online', onOnline)
    stopped.abort()
    wake()
  }
}

async function read(body: ReadableStream<Uint8Array>, onEvent: (event: LiveEvent) => void): Promise<void> {
  const parser = createParser({ onEvent: (event) => onEvent({ id: event.id, type: event.event ?? 'message', data: event.data }) })
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    parser.feed(decoder.decode(value, { stream: true }))
  }
}
