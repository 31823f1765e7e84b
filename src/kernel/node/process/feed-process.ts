import type { RunningProcess } from './start-process.ts'

/** What a program reads on standard input. */
export type ProcessInput = string | Uint8Array | AsyncIterable<Uint8Array>

/**
 * Writes `input` to a program with backpressure, then closes its standard input. A program that stops reading is no error.
 * When the source fails, the program is stopped. @returns the source's error, if any; never rejects.
 */
export async function feedProcess(child: RunningProcess, input: ProcessInput | undefined): Promise<{ error: unknown } | undefined> {
  try {
    if (input !== undefined && typeof input !== 'string' && !(input instanceof Uint8Array)) {
      for await (const chunk of input) {
        if (child.stdin.destroyed) break
        if (!child.stdin.write(chunk)) await drained(child)
      }
      child.stdin.end()
    } else child.stdin.end(input)
    return undefined
  } catch (error) {
    // The source failed, not the program: half an input must not look like a whole one.
    await child.stop()
    return { error }
  }
}

async function drained(child: RunningProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      child.stdin.off('drain', done)
      child.stdin.off('close', done)
      resolve()
    }
    child.stdin.once('drain', done)
    child.stdin.once('close', done)
  })
}
