import { EventSourceParserStream } from 'eventsource-parser/stream'
import type { Client } from './client.ts'

/** One event of the platform's log, as the stream carries it. Pages fetch the rest by `subject`. */
export interface StreamEvent {
  sequence: number
  type: string
  subject: string
  actor: string
  at: string
}

/**
 * Reads the live event stream until `signal` aborts. A lost connection is taken up again after `retryMs` where it broke,
 * so that no event is missed; `onLost` tells of it.
 */
export async function* readEvents(
  client: Client,
  options: { signal: AbortSignal; topics?: string; retryMs?: number; onLost?: () => void },
): AsyncGenerator<StreamEvent> {
  let lastSequence: number | undefined
  while (!options.signal.aborted) {
    try {
      const headers: Record<string, string> = lastSequence === undefined ? {} : { 'last-event-id': String(lastSequence) }
      const response = await client.raw(`/api/v1/stream${options.topics === undefined ? '' : `?topics=${encodeURIComponent(options.topics)}`}`, {
        headers,
        signal: options.signal,
      })
      const messages = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
      for await (const message of messages as unknown as AsyncIterable<{ data: string }>) {
        const event = JSON.parse(message.data) as StreamEvent
        lastSequence = event.sequence
        yield event
      }
    } catch (error) {
      if (options.signal.aborted) return
      const status = (error as { status?: number }).status
      if (status === 401 || status === 403) throw error
    }
    options.onLost?.()
    await new Promise((resolve) => setTimeout(resolve, options.retryMs ?? 1_000))
  }
}
