import type { RecordedEvent } from '#kernel/common/event'
import type { Caller } from '#kernel/node/http'
import type { TaskEvent } from './task-events.ts'
import type { TaskService } from './task-service.ts'

export interface TaskStreamDeps {
  tasks: Pick<TaskService, 'events'>
  /** The platform's log as it grows, from the present on. */
  follow: (options: { signal: AbortSignal }) => AsyncIterable<Pick<RecordedEvent, 'subject'>>
  /** Tells when a caller's credential ends: a live answer ends with it. */
  watchCredential?: ((caller: Caller, onEnd: () => void) => Disposable) | undefined
}

const HEARTBEAT_MS = 15_000

/**
 * Answers with the events of a task behind `after`, then with each as soon as it is there, until the task ends: told by the platform's log, nothing is
 * asked again and again. @throws `platform.scaffolder.task_not_found`.
 */
export async function openTaskStream(
  deps: TaskStreamDeps,
  taskId: string,
  options: { after?: number | undefined; signal: AbortSignal; caller: Caller },
): Promise<Response> {
  const text = new TextEncoder()
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const log = deps.follow({ signal })[Symbol.asyncIterator]()
  // Listen first, read then: what happens in between is seen twice rather than never.
  let news = log.next()
  const first = await deps.tasks.events(taskId, options.after)
  let last = options.after ?? -1
  let state = first
  let isTold = false
  const heartbeat: { timer?: NodeJS.Timeout } = {}
  const watch = deps.watchCredential?.(options.caller, () => ending.abort())
  const clean = (): void => {
    clearInterval(heartbeat.timer)
    watch?.[Symbol.dispose]()
    ending.abort()
  }
  signal.addEventListener('abort', clean, { once: true })

  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      heartbeat.timer = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(text.encode(': still here\n\n'))
      }, HEARTBEAT_MS)
      heartbeat.timer.unref()
    },
    pull: async (controller) => {
      while (isTold) {
        if (state.isOver) break
        const next = await news
        if (next.done === true) break
        news = log.next()
        if (next.value.subject !== `change/${state.changeId}`) continue
        state = await deps.tasks.events(taskId, last)
        if (state.events.length > 0 || state.isOver) isTold = false
      }
      if (!isTold) {
        isTold = true
        last = state.events.at(-1)?.id ?? last
        if (state.events.length > 0) controller.enqueue(text.encode(state.events.map(sseText).join('')))
        if (!state.isOver && state.events.length > 0) return
        if (!state.isOver) return controller.enqueue(text.encode(': waiting\n\n'))
      }
      clean()
      controller.close()
    },
    cancel: clean,
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } })
}

function sseText(event: TaskEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
