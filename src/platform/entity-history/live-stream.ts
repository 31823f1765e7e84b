import type { Caller } from '#kernel/node/http'
import type { EntityPredicate } from '#platform/catalog'
import type { LiveMessage, LiveQueries } from './live-query.ts'

/** Changes that wait for a slow reader; of more a state tells instead. */
const MAX_WAITING = 1_000

/** One message of the stream (WHATWG server-sent events). Pure. */
export function liveText({ event, ...data }: LiveMessage): string {
  return `id: ${data.version}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** What waits for a reader: never more than so much, and always enough to be level again. */
export class WaitingMessages {
  #messages: LiveMessage[] = []
  #isLate = false

  push(message: LiveMessage): void {
    if (message.event === 'state') this.#messages = []
    this.#messages.push(message)
    if (this.#messages.length <= MAX_WAITING) return
    this.#messages = []
    this.#isLate = true
  }

  /** The next one. @param state asked when so many were missed that only the state tells. */
  shift(state: () => LiveMessage): LiveMessage | undefined {
    if (!this.#isLate) return this.#messages.shift()
    this.#isLate = false
    return state()
  }
}

/** Answers with the state of a list and its changes, as fast as the reader takes them. Ends when the reader goes, the credential ends, or the platform stops. */
export async function openLiveStream(options: {
  live: LiveQueries
  predicate: EntityPredicate | undefined
  /** The state of the list now. */
  state: () => LiveMessage
  caller: Caller
  signal: AbortSignal
  watchCredential: (caller: Caller, onEnd: () => void) => Disposable
  heartbeatMs: number
}): Promise<Response> {
  const text = new TextEncoder()
  const waiting = new WaitingMessages()
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  let wake = Promise.withResolvers<void>()
  const following = await options.live.follow(options.predicate, (message) => {
    waiting.push(message)
    wake.resolve()
  })
  const watch = options.watchCredential(options.caller, () => ending.abort())
  let heartbeat: NodeJS.Timeout | undefined
  let isClean = false
  const clean = (): void => {
    if (isClean) return
    isClean = true
    clearInterval(heartbeat)
    following[Symbol.dispose]()
    watch[Symbol.dispose]()
    ending.abort()
    wake.resolve()
  }
  if (signal.aborted) clean()
  signal.addEventListener('abort', clean, { once: true })
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(text.encode('retry: 1000\n: connected\n\n'))
      if (isClean) return
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(text.encode(': still here\n\n'))
      }, options.heartbeatMs)
      heartbeat.unref()
    },
    pull: async (controller) => {
      while (!signal.aborted) {
        const message = waiting.shift(options.state)
        if (message) return controller.enqueue(text.encode(liveText(message)))
        await wake.promise
        wake = Promise.withResolvers<void>()
      }
      clean()
      controller.close()
    },
    cancel: clean,
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } })
}
