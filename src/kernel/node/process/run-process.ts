import type { Readable } from 'node:stream'
import { feedProcess, type ProcessInput } from './feed-process.ts'
import { processFaults } from './process-faults.ts'
import { startProcess, type ProcessExit, type ProcessSpec, type RunningProcess } from './start-process.ts'

/** A program to run to its end. */
export interface RunSpec extends ProcessSpec {
  /** Written to standard input, which is then closed. */
  input?: ProcessInput
  /** Most bytes of each captured stream. Default 16 MiB. */
  maxOutputBytes?: number
}

/** How a program ended, and what it wrote. */
export interface ProcessResult extends ProcessExit {
  stdout: Buffer
  stderr: Buffer
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

/**
 * Runs a program to its end and captures what it writes. A non-zero exit is a result, not an error: see `runChecked`.
 * @throws `kernel.process.not_found`, `kernel.process.timed_out`, `kernel.process.too_much_output`; the signal's reason when aborted.
 */
export async function runProcess(spec: RunSpec): Promise<ProcessResult> {
  const limitBytes = spec.maxOutputBytes ?? MAX_OUTPUT_BYTES
  const child = await startProcess(spec)
  const feeding = feedProcess(child, spec.input)
  const [stdout, stderr, exit] = await Promise.all([collect(child.stdout, limitBytes, child), collect(child.stderr, limitBytes, child), child.exited])
  const inputFailure = await feeding
  if (stdout === undefined || stderr === undefined) throw processFaults.too_much_output({ command: spec.command, limitBytes })
  if (exit.stoppedBy === 'timeout') throw processFaults.timed_out({ command: spec.command, timeoutMs: spec.timeoutMs ?? 0 })
  if (exit.stoppedBy === 'abort') throw spec.signal?.reason as Error
  if (inputFailure !== undefined) throw inputFailure.error
  return { ...exit, stdout, stderr }
}

/**
 * As `runProcess`, but an exit other than 0 is a fault that quotes the end of what it wrote to standard error.
 * @throws also `kernel.process.failed`.
 */
export async function runChecked(spec: RunSpec): Promise<ProcessResult> {
  const result = await runProcess(spec)
  if (result.exitCode !== 0) throw processFaults.failed({ command: commandText(spec), how: exitText(result), output: tailOf(result.stderr) })
  return result
}

/** `exited with 1`, `was ended by SIGKILL`. */
function exitText(exit: ProcessExit): string {
  return exit.exitCode === null ? `was ended by ${exit.signal ?? 'a signal'}` : `exited with ${exit.exitCode}`
}

function commandText(spec: RunSpec): string {
  const first = spec.args.find((arg) => !arg.startsWith('-'))
  return first === undefined ? spec.command : `${spec.command} ${first}`
}

function tailOf(output: Buffer): string {
  return output.toString('utf8').trim().split('\n').slice(-3).join(' / ').slice(-500)
}

/** All bytes, or undefined when there were more than `limitBytes` (then the process is stopped). */
async function collect(stream: Readable, limitBytes: number, child: RunningProcess): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  stream.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes <= limitBytes) chunks.push(chunk)
    else void child.stop()
  })
  await new Promise<void>((resolve) => stream.once('close', resolve))
  return sizeBytes > limitBytes ? undefined : Buffer.concat(chunks)
}
