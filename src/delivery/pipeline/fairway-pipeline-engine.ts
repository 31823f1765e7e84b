import { pipelineFaults } from './pipeline-faults.ts'
import type { LogPage, PipelineCapabilities, PipelineEngine } from './pipeline-engine.ts'
import { readLog, type LogLine } from './log/read-log.ts'
import type { LogSignal } from './log/log-signal.ts'
import type { RunService } from './run/run-service.ts'
import type { Run, StartRequest } from './run/run.ts'

/** The embedded engine: our own runner of GitHub Actions syntax, on this machine. */
export class FairwayPipelineEngine implements PipelineEngine {
  readonly name = 'fairway'
  readonly capabilities: PipelineCapabilities = { containers: false, marketplaceActions: false, rerun: true }
  readonly #service: RunService
  readonly #logSignal: LogSignal
  readonly #logFile: (runId: string, jobId: string) => string

  constructor(deps: { service: RunService; logSignal: LogSignal; logFile: (runId: string, jobId: string) => string }) {
    this.#service = deps.service
    this.#logSignal = deps.logSignal
    this.#logFile = deps.logFile
  }

  async start(request: StartRequest): Promise<Run> {
    return await this.#service.start(request)
  }

  async get(id: string): Promise<Run> {
    return await this.#service.get(id)
  }

  async cancel(id: string, actor: string): Promise<Run> {
    return await this.#service.cancel(id, actor)
  }

  async rerun(id: string, actor: string, options?: { onlyFailed?: boolean }): Promise<Run> {
    return await this.#service.rerun(id, actor, options)
  }

  async logs(id: string, job: string, options: { from: number; limit: number }): Promise<LogPage> {
    // The state first: lines that are written after it are not missed, they only come with the next page.
    const isOver = await this.#isOver(id, job)
    const lines = await readLog(this.#logFile(id, job), options.from, options.limit)
    return {
      lines,
      nextFrom: options.from + lines.length,
      isComplete: isOver && lines.length < options.limit && (await this.#isEnd(id, job, options.from + lines.length)),
    }
  }

  /** Lines from `from` on as they come, in groups, until the job is over or `signal` says enough. */
  async *follow(id: string, job: string, from: number, signal: AbortSignal): AsyncGenerator<LogLine[]> {
    const file = this.#logFile(id, job)
    for (let next = from; !signal.aborted;) {
      const page = await this.logs(id, job, { from: next, limit: 1_000 })
      if (page.lines.length > 0) yield page.lines
      if (page.isComplete) return
      next = page.nextFrom
      if (page.lines.length === 0) await this.#logSignal.next(file, 1_000, signal)
    }
  }

  async #isOver(id: string, job: string): Promise<boolean> {
    const found = (await this.#service.get(id)).jobs.find((candidate) => candidate.id === job)
    if (!found) throw pipelineFaults.job_not_found({ run: id, job })
    return found.state === 'completed'
  }

  /** A page may be short because it is large in bytes. */
  async #isEnd(id: string, job: string, from: number): Promise<boolean> {
    return (await readLog(this.#logFile(id, job), from, 1)).length === 0
  }
}
