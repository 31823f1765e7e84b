import type { RecordedEvent } from '#kernel/common/event'
import type { Caller } from '#kernel/node/http'
import type { EventFeed } from './event-feed.ts'

/** Tells when a caller's credential is revoked or expires. Dispose to stop watching. */
export type WatchCredential = (caller: Caller, onEnd: () => void) => Disposable

/**
 * True when an event belongs to one of the topics. A topic is a subject (`change/chg_01k…`), a kind of subject (`change`), the first
 * segments of a type (`platform.change`), or `*`. No topics at all means every event.
 */
export function matchesTopics(event: Pick<RecordedEvent, 'type' | 'subject'>, topics: readonly string[]): boolean {
  if (topics.length === 0) return true
  return topics.some(
    (topic) => topic === '*' || event.subject === topic || event.subject.startsWith(`${topic}/`) || event.type === topic || event.type.startsWith(`${topic}.`),
  )
}

/** One message of the stream (WHATWG server-sent events). */
export function sseMessage(event: RecordedEvent): string {
  const { sequence, type, subject, actor, data } = event
  return `id: ${sequence}\nevent: ${type.replaceAll(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify({ sequence, type, subject, actor, at: event.at.toISOString(), data })}\n\n`
}

/**
 * Answers with events as they happen. Events are read only as fast as the reader takes them; a comment every `heartbeatMs` keeps
 * proxies from cutting an idle stream. Ends when the reader goes, the credential ends, or the platform stops.
 */
export function openEventStream(options: {
  feed: EventFeed
  caller: Caller
  after: number | undefined
  topics: readonly string[]
  signal: AbortSignal
  watchCredential: WatchCredential
  heartbeatMs: number
}): Response {
  const text = new TextEncoder()
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const events = options.feed.follow({ ...(options.after === undefined ? {} : { after: options.after }), signal })[Symbol.asyncIterator]()
  const watch = options.watchCredential(options.caller, () => ending.abort())
  let heartbeat: NodeJS.Timeout | undefined
  let isClean = false
  const clean = (): void => {
    if (isClean) return
    isClean = true
    clearInterval(heartbeat)
    watch[Symbol.dispose]()
    ending.abort()
  }
  signal.addEventListener('abort', clean, { once: true })

  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(text.encode('retry: 1000\n: connected\n\n'))
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(text.encode(': still here\n\n'))
      }, options.heartbeatMs)
      heartbeat.unref()
    },
    pull: async (controller) => {
      const event = await nextOn(events, options.topics)
      if (event) return controller.enqueue(text.encode(sseMessage(event)))
      clean()
      controller.close()
    },
    cancel: clean,
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } })
}

async function nextOn(events: AsyncIterator<RecordedEvent>, topics: readonly string[]): Promise<RecordedEvent | undefined> {
  for (let next = await events.next(); !next.done; next = await events.next()) if (matchesTopics(next.value, topics)) return next.value
  return undefined
}
