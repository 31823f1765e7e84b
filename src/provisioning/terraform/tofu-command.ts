import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** After an interrupt, a run may finish what it has begun and unlock; then it is killed. */
const GRACE_MS = 20_000
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024

export interface TofuResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs the binary to its end. `onLine` gets each line of its output as it comes; then `stdout` stays empty. An abort interrupts it. */
export async function runTofu(options: {
  binary: string
  args: readonly string[]
  folder: string
  environment: Readonly<Record<string, string>>
  signal?: AbortSignal
  onLine?: (line: string) => void
}): Promise<TofuResult> {
  const child = spawn(options.binary, options.args, { cwd: options.folder, env: options.environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let kill: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    child.kill('SIGINT')
    kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  }
  options.signal?.addEventListener('abort', interrupt, { once: true })
  if (options.signal?.aborted) interrupt()
  const out = { stdout: '', stderr: '' }
  const take = (stream: 'stdout' | 'stderr') => (chunk: string) => {
    if (out[stream].length < OUTPUT_MAX_BYTES) out[stream] += chunk
  }
  child.stderr.setEncoding('utf8').on('data', take('stderr'))
  if (options.onLine) createInterface({ input: child.stdout }).on('line', options.onLine)
  else child.stdout.setEncoding('utf8').on('data', take('stdout'))
  try {
    return await new Promise<TofuResult>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => resolve({ code: code ?? 1, ...out }))
    })
  } finally {
    clearTimeout(kill)
    options.signal?.removeEventListener('abort', interrupt)
  }
}
