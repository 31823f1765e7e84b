import type { TaskEvent } from './task-events.ts'
import type { TaskStreamDeps } from './task-stream.ts'

/** As long as RFC 6202 advises, and as Backstage waits. */
const WAIT_MS = 30_000

/**
 * The events of a task behind `after`; when there are none yet, waits until there are, at most for a while: whoever asks again and again is held, not
 * answered at once. The completion is told whatever `after` is. @throws `platform.scaffolder.task_not_found`.
 */
export async function nextEvents(
  deps: Pick<TaskStreamDeps, 'tasks' | 'follow'>,
  taskId: string,
  options: { after?: number | undefined; signal: AbortSignal; waitMs?: number },
): Promise<TaskEvent[]> {
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal, AbortSignal.timeout(options.waitMs ?? WAIT_MS)])
  // Listen first, read then.
  const log = deps.follow({ signal })[Symbol.asyncIterator]()
  let news = log.next()
  try {
    for (;;) {
      const { events, isOver, changeId } = await deps.tasks.events(taskId, options.after)
      if (events.length > 0 || isOver) return events
      for (;;) {
        const next = await news
        if (next.done === true) return []
        news = log.next()
        if (next.value.subject === `change/${changeId}`) break
      }
    }
  } finally {
    ending.abort()
    void news.catch(() => undefined)
  }
}
