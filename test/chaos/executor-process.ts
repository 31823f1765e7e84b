import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import { childEnvironment } from '#kernel/node/config'

export interface ExecutorProcess {
  child: ChildProcess
  ready: Promise<{ launchMs: number; rssBytes: number; executorId: string }>
  /** Resolves with the signal or code that it ended by. */
  ended: Promise<string>
  kill(signal: NodeJS.Signals): void
}

/** Starts a process of `change-executor.ts`; with `point`, it kills itself there. */
export function startExecutorProcess(databaseUrl: string, point = ''): ExecutorProcess {
  const child = spawn(process.execPath, [path.resolve('test/chaos/change-executor.ts'), databaseUrl, point], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(),
  })
  let text = ''
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))))
  const ready = new Promise<{ launchMs: number; rssBytes: number; executorId: string }>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(JSON.parse(text.split('\n')[0] ?? '') as { launchMs: number; rssBytes: number; executorId: string })
    })
    child.once('exit', () => reject(new Error(`the executor ended before it was ready: ${errors}`)))
  })
  ready.catch(() => {})
  return { child, ready, ended, kill: (signal) => void child.kill(signal) }
}
