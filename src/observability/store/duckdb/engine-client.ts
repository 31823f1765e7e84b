import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '#kernel/node/config'
import { telemetryFaults } from '../telemetry-store.ts'
import type { EngineAnswer, EngineCall, EngineRequest } from './engine-protocol.ts'

const ENTRY = fileURLToPath(new URL('engine-process.ts', import.meta.url))
const CLOSE_MS = 3_000

interface Waiting {
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** Calls the engine's process, which is started at the first call and again after it was closed or died. */
export class EngineClient {
  readonly #file: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #running = new Set<Promise<unknown>>()
  #child: ChildProcess | undefined
  #closing: Promise<void> | undefined
  #lastId = 0

  constructor(file: string) {
    this.#file = file
  }

  /** Whether the process runs, so that a call would be cheap. */
  get isRunning(): boolean {
    return this.#child !== undefined && this.#closing === undefined
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** @throws `observability.store.unavailable` when the process dies or the file can not be opened. */
  async call(request: EngineRequest): Promise<unknown> {
    while (this.#closing) await this.#closing
    const child = (this.#child ??= this.#start())
    const running = this.#send(child, request)
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Ends the process, when it runs, after it has closed the file. */
  async close(): Promise<void> {
    const child = this.#child
    if (!child || this.#closing) return await this.#closing
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
    this.#closing = (async () => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running)
      const late = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS)
      await this.#send(child, { method: 'close' }).catch(() => {})
      await gone
      clearTimeout(late)
    })()
    await this.#closing
    this.#closing = undefined
  }

  #send(child: ChildProcess, request: EngineRequest): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      child.send({ ...request, id } satisfies EngineCall, (error) => {
        if (!error) return
        this.#waiting.delete(id)
        reject(telemetryFaults.unavailable({ what: 'its process is gone' }, { cause: error }))
      })
    })
  }

  #start(): ChildProcess {
    const child = fork(ENTRY, [this.#file], {
      serialization: 'advanced',
      env: childEnvironment(),
      execArgv: ['--max-old-space-size=96', '--max-semi-space-size=2', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child.on('message', (answer: EngineAnswer) => this.#receive(answer))
    // A process that could not be started at all never exits.
    child.on('error', () => {
      if (child.pid === undefined && this.#child === child) this.#child = undefined
    })
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined
      const waiting = [...this.#waiting.values()]
      this.#waiting.clear()
      for (const { reject } of waiting) reject(telemetryFaults.unavailable({ what: `its process ended (${signal ?? `code ${code}`})` }))
    })
    return child
  }

  #receive(answer: EngineAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (!waiting) return
    if (!('failure' in answer)) return waiting.resolve(answer.value)
    const what = answer.isLocked ? 'another process has its file open' : 'the work failed, see the log'
    waiting.reject(telemetryFaults.unavailable({ what }, { cause: new Error(answer.failure) }))
  }
}
