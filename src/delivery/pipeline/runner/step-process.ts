import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { killGroup, processFaults } from '#kernel/node/process'

/** A process of a step. */
export interface StepProcessSpec {
  command: string
  args: readonly string[]
  cwd: string
  /** The whole environment: nothing is inherited beside it. */
  env: Readonly<Record<string, string>>
  stdout: OutputSink
  stderr: OutputSink
  /** Told right after the start, before anything else can happen: what a restart needs to find the process. */
  onStart: (pid: number) => void
  signal: AbortSignal
  timeoutMs: number
  graceMs: number
}

/** Takes what a step prints, line by line. */
export interface OutputSink {
  push(chunk: Buffer): void
  /** Resolves when there is room for more. */
  room(): Promise<void>
  end(): void
}

/** How a step's process ended. */
export interface StepProcessResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stoppedBy: 'cancel' | 'timeout' | undefined
}

/** Output that comes later than this after the end of the step belongs to a process that it left behind. */
const DRAIN_MS = 2_000

/**
 * Runs one step to its end: the leader of a process group, without standard input. Unlike the kernel's `startProcess` it ends when
 * the step itself ends, not when all who hold its pipes do: a step may leave a server running for the next one.
 * @throws `kernel.process.not_found`.
 */
export async function runStepProcess(spec: StepProcessSpec): Promise<StepProcessResult> {
  if (spec.signal.aborted) return { exitCode: null, signal: null, stoppedBy: 'cancel' }
  const child = spawn(spec.command, [...spec.args], { cwd: spec.cwd, env: spec.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true, shell: false })
  const pid = child.pid
  if (pid !== undefined) spec.onStart(pid)
  let stoppedBy: StepProcessResult['stoppedBy']
  let killTimer: NodeJS.Timeout | undefined
  const halt = (why: NonNullable<StepProcessResult['stoppedBy']>): void => {
    if (stoppedBy !== undefined || pid === undefined) return
    stoppedBy = why
    killGroup(pid, 'SIGTERM')
    killTimer = setTimeout(() => killGroup(pid, 'SIGKILL'), spec.graceMs)
  }
  const onAbort = (): void => halt('cancel')
  const timeout = setTimeout(() => halt('timeout'), spec.timeoutMs)
  spec.signal.addEventListener('abort', onAbort, { once: true })
  const drained = Promise.all([forward(child.stdout, spec.stdout), forward(child.stderr, spec.stderr)])
  try {
    const exit = await new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      child.once('error', (error) => reject(processFaults.not_found({ command: spec.command }, { cause: error })))
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    })
    let timer: NodeJS.Timeout | undefined
    await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, DRAIN_MS)))])
    clearTimeout(timer)
    return { ...exit, stoppedBy }
  } finally {
    clearTimeout(timeout)
    clearTimeout(killTimer)
    spec.signal.removeEventListener('abort', onAbort)
    // Of a stopped step nothing stays behind.
    if (stoppedBy !== undefined && pid !== undefined) killGroup(pid, 'SIGKILL')
    // A process that stays may write on: it is read, so that it does not block, and dropped.
    for (const stream of [child.stdout, child.stderr]) stream.removeAllListeners('data').resume()
    spec.stdout.end()
    spec.stderr.end()
  }
}

async function forward(stream: Readable, sink: OutputSink): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      sink.push(chunk)
      stream.pause()
      void sink.room().finally(() => stream.resume())
    })
    stream.once('close', resolve)
    stream.once('error', () => resolve())
  })
}
