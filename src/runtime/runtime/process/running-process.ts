import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { isRunning, killGroup, readProcess, type ProcessIdentity } from '#kernel/node/process'

/** A process that runs for us: started by us, or found running and adopted. */
export interface RunningProcess {
  readonly identity: ProcessIdentity
  /** Resolves with how it ended, e.g. `exited with 1`, `was killed by SIGSEGV`; never rejects. */
  readonly ended: Promise<string>
}

/**
 * Starts a program as the leader of a process group (and session) of its own, so that it outlives the platform and its whole group can be
 * signalled. @throws Error with a short text when it can't be started.
 */
export async function startProcess(options: {
  command: readonly string[]
  cwd: string
  environment: Record<string, string>
  output: { stdout: number; stderr: number }
}): Promise<RunningProcess> {
  const [program = '', ...args] = options.command
  try {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.environment,
      detached: true,
      stdio: ['ignore', options.output.stdout, options.output.stderr],
    })
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal === null ? `exited with ${code}` : `was killed by ${signal}`))
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? new Error(`there is no program "${program}"`) : error))
    })
    child.unref()
    const pid = child.pid ?? 0
    return { identity: { pid, start: readProcess(pid)?.start ?? '' }, ended }
  } finally {
    closeSync(options.output.stdout)
    closeSync(options.output.stderr)
  }
}

/** Takes over a process that an earlier platform started. Its exit code goes to the system, so that only its end is known, `pollMs` late. */
export function adoptProcess(identity: ProcessIdentity, pollMs: number): RunningProcess {
  const ended = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      if (isRunning(identity)) return
      clearInterval(timer)
      resolve('ended (it was adopted: its exit code is unknown)')
    }, pollMs)
    timer.unref()
  })
  return { identity, ended }
}

/** Asks a process to stop, ends it after `graceMs`, and then what is left of its group. Resolves when it has ended. */
export async function terminate(running: RunningProcess, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  killGroup(running.identity.pid, 'SIGTERM')
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), graceMs)
  })
  const first = await Promise.race([running.ended, late])
  clearTimeout(timer)
  killGroup(running.identity.pid, 'SIGKILL')
  if (first === 'late') await running.ended
}
