import type { Logger } from '#kernel/node/log'

/**
 * Runs `work` in the background again and again until disposed: the one way to have a loop. A failure is logged and the loop goes on
 * after `intervalMs`, or at once after a `wake()`. Disposing aborts the signal and waits for the round that is under way.
 */
export function startLoop(options: {
  name: string
  intervalMs: number
  log: Logger
  work: (signal: AbortSignal) => Promise<void>
}): AsyncDisposable & { wake(): void } {
  const abort = new AbortController()
  // A wake during a round is kept: the next round then follows at once.
  let isWanted = false
  let wakeUp: (() => void) | undefined
  const wake = (): void => {
    isWanted = true
    wakeUp?.()
  }
  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      if (isWanted) return resolve()
      const timer = setTimeout(resolve, options.intervalMs)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const run = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      isWanted = false
      try {
        await options.work(abort.signal)
      } catch (error) {
        if (!abort.signal.aborted) options.log.error(`${options.name} failed and goes on`, { error })
      }
      if (!abort.signal.aborted) await rest()
    }
  }
  const done = run()
  return {
    wake,
    [Symbol.asyncDispose]: async () => {
      abort.abort()
      wake()
      await done
    },
  }
}

/** Disposes `stack`, but gives up after `budgetMs` so that a stop never hangs. @returns whether all was stopped in time. */
export async function stopWithin(stack: AsyncDisposableStack, budgetMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), budgetMs)
  })
  try {
    return await Promise.race([stack.disposeAsync().then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}
