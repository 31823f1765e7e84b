/** What the exit code says: scripts rely on it. */
export const EXIT = { done: 0, failed: 1, usage: 2, waiting: 3, denied: 4 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A failure that has been put into words for the person at the terminal. */
export class CliError extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}

/** Exit code for the state that a change ended (or waits) in. */
export function exitCodeOfChange(state: string): ExitCode {
  if (state === 'done') return EXIT.done
  if (state === 'waiting') return EXIT.waiting
  return state === 'denied' || state === 'rejected' ? EXIT.denied : EXIT.failed
}

/** Exit code for a refusal by the API: 401 and 403 are a denial, a malformed request is wrong usage, the rest is a failure. */
export function exitCodeOfStatus(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.denied
  return status === 400 ? EXIT.usage : EXIT.failed
}
