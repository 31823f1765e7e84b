import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, type Client } from '#contract'
import { childEnvironment } from '#kernel/node/config'

export interface PlatformProcess extends AsyncDisposable {
  url: string
  ingressUrl: string
  dataDir: string
  process: ChildProcess
  /** Acts by the administrator's credential file. */
  administrator: Client
  /** JSON lines of progress so far. */
  lines: Record<string, unknown>[]
  /** Resolves with the first line for which `matches` holds, those before included. Rejects when the process ends first. */
  lineWhere(matches: (line: Record<string, unknown>) => boolean, budgetMs: number): Promise<Record<string, unknown>>
  /** Resolves with the exit code, or the signal's name. */
  ended: Promise<number | string>
}

export interface PlatformProcessOptions {
  /** Flags of `npm start --`; `--json` is always there. */
  flags?: string[]
  /** A data folder that lives on after disposal, for a second start; a fresh one that goes unless told. */
  dataDir?: string
  environment?: Record<string, string>
}

/** Starts the product as a process of its own, as `npm start` does, on free ports, and waits until it answers. */
export async function startPlatformProcess(options: PlatformProcessOptions = {}): Promise<PlatformProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'fairway-e2e-')))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main/start.ts', '--json', ...(options.flags ?? [])], {
    env: { ...childEnvironment(), FAIRWAY_DATA: dataDir, FAIRWAY_PORT: '0', FAIRWAY_INGRESS_PORT: '0', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Record<string, unknown>[] = []
  const waiting = new Set<() => void>()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Record<string, unknown>)
    for (const wake of waiting) wake()
  })
  let exit: number | string | undefined
  const ended = new Promise<number | string>((resolve) => {
    child.on('exit', (code, signal) => {
      exit = code ?? signal ?? 'unknown'
      for (const wake of waiting) wake()
      resolve(exit)
    })
  })
  const lineWhere = async (matches: (line: Record<string, unknown>) => boolean, budgetMs: number): Promise<Record<string, unknown>> => {
    const deadline = Date.now() + budgetMs
    for (;;) {
      const found = lines.find(matches)
      if (found) return found
      if (exit !== undefined) throw new Error(`the platform ended with ${exit}: ${errors.slice(-4_000)}\n${JSON.stringify(lines.slice(-3))}`)
      if (Date.now() > deadline)
        throw new Error(`no such line within ${budgetMs / 1000} s; the last were ${JSON.stringify(lines.slice(-5))} ${errors.slice(-2_000)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, 200)
        function done(): void {
          clearTimeout(timer)
          waiting.delete(done)
          resolve()
        }
        waiting.add(done)
      })
    }
  }
  await lineWhere((line) => line['step'] === 'start' && line['state'] === 'done', 60_000)
  const addresses = JSON.parse(await readFile(path.join(dataDir, 'platform.json'), 'utf8')) as { url: string; ingressUrl: string }
  const token = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
  return {
    ...addresses,
    dataDir,
    process: child,
    administrator: createClient({ baseUrl: addresses.url, token }),
    lines,
    lineWhere,
    ended,
    [Symbol.asyncDispose]: async () => {
      if (exit === undefined) child.kill('SIGTERM')
      await ended
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
