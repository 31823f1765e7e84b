import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { childEnvironment } from '#kernel/node/config'
import { killGroup } from './kill-group.ts'
import { processFaults } from './process-faults.ts'

/** What to run. Never a shell: `command` is a program, `args` reach it as they are. */
export interface ProcessSpec {
  /** A name that is looked up on PATH, or an absolute path, e.g. `git`. */
  command: string
  args: readonly string[]
  /** Working folder; the platform's own when absent. */
  cwd?: string
  /** Added to what children may inherit (`childEnvironment()`); an `undefined` value takes an inherited variable away. */
  env?: Readonly<Record<string, string | undefined>>
  /** Stops the whole process group when aborted. */
  signal?: AbortSignal
  /** Stops the whole process group after this many milliseconds; no limit when absent. */
  timeoutMs?: number
  /** Time between SIGTERM and SIGKILL when it is stopped, in milliseconds. Default 2000. */
  graceMs?: number
}

/** How a process ended. `exitCode` is null when a signal ended it. */
export interface ProcessExit {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** Why we stopped it, when we did. */
  stoppedBy: 'timeout' | 'abort' | 'stop' | undefined
}

/** A running child, in a process group of its own. The caller must read or `resume()` both streams. */
export interface RunningProcess {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves when the process has ended and its streams are closed; never rejects. */
  readonly exited: Promise<ProcessExit>
  /** SIGTERM to the group, SIGKILL after the grace; resolves when it has ended. Of an ended one it is a success. */
  stop(): Promise<ProcessExit>
}

/**
 * Starts a program with streams, as the leader of a process group, so that a stop reaches its children too.
 * Its standard input never raises an error: a program may stop reading when it likes.
 * @throws `kernel.process.not_found`; the signal's reason when it is aborted already.
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  spec.signal?.throwIfAborted()
  const child = spawn(spec.command, [...spec.args], {
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    env: environmentOf(spec),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    shell: false,
  })
  child.stdin.on('error', () => {}) // EPIPE: it stopped reading, and its exit says why
  const pid = await started(child, spec.command)
  return supervise(child as ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }, pid, spec)
}

function supervise(child: ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }, pid: number, spec: ProcessSpec): RunningProcess {
  let stoppedBy: ProcessExit['stoppedBy']
  let hasEnded = false
  let killTimer: NodeJS.Timeout | undefined
  const halt = (why: NonNullable<ProcessExit['stoppedBy']>): void => {
    if (hasEnded || stoppedBy !== undefined) return
    stoppedBy = why
    killGroup(pid, 'SIGTERM')
    killTimer = setTimeout(() => killGroup(pid, 'SIGKILL'), spec.graceMs ?? 2_000)
  }
  const onAbort = (): void => halt('abort')
  const timeout = spec.timeoutMs === undefined ? undefined : setTimeout(() => halt('timeout'), spec.timeoutMs)
  spec.signal?.addEventListener('abort', onAbort, { once: true })
  if (spec.signal?.aborted) onAbort()

  const exited = new Promise<ProcessExit>((resolve) => {
    // `close` waits for all who hold our pipes, so that children of the leader get the grace too.
    child.once('close', (exitCode, signal) => {
      if (stoppedBy !== undefined) killGroup(pid, 'SIGKILL') // one that closed its pipes and stayed
      hasEnded = true
      clearTimeout(timeout)
      clearTimeout(killTimer)
      spec.signal?.removeEventListener('abort', onAbort)
      resolve({ exitCode, signal, stoppedBy })
    })
  })
  return {
    pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    stop: async () => {
      halt('stop')
      return await exited
    },
  }
}

async function started(child: ChildProcess, command: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(processFaults.not_found({ command }, { cause: error })))
  })
  child.on('error', () => {}) // a failing kill; the exit is what counts
  return child.pid as number
}

function environmentOf(spec: ProcessSpec): Record<string, string> {
  const merged = { ...childEnvironment(), ...spec.env }
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
