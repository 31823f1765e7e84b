import type { Clock } from '#kernel/common/clock'
import type { Conclusion, Step } from '../run/run.ts'
import type { JobOutput } from './job-output.ts'

/** Keeps the states of a job's steps, and has them saved when one begins or ends. */
export class StepBoard {
  readonly #deps: { clock: Clock; output: JobOutput; save: (steps: readonly Step[]) => Promise<void> }
  #steps: Step[] = []

  constructor(deps: { clock: Clock; output: JobOutput; save: (steps: readonly Step[]) => Promise<void> }) {
    this.#deps = deps
  }

  get steps(): readonly Step[] {
    return this.#steps
  }

  plan(steps: readonly Pick<Step, 'name' | 'kind'>[]): void {
    for (const step of steps) this.add(step.name, step.kind)
  }

  /** @returns the index of the new step. */
  add(name: string, kind: Step['kind']): number {
    const blank = { state: 'queued' as const, conclusion: null, startedAt: null, finishedAt: null, logFrom: null, logTo: null }
    this.#steps = [...this.#steps, { number: this.#steps.length + 1, name, kind, ...blank }]
    return this.#steps.length - 1
  }

  rename(index: number, name: string): void {
    this.#set(index, { name })
  }

  /** Saved at once: people watch for it. */
  async start(index: number, name: string): Promise<void> {
    this.#set(index, { name, state: 'running', startedAt: this.#now(), logFrom: this.#deps.output.nextLine })
    await this.#deps.save(this.#steps)
  }

  /** Not saved by itself: the start of the next step, or the end of the job, saves it a moment later. */
  async finish(index: number, conclusion: Conclusion): Promise<void> {
    const last = this.#deps.output.nextLine - 1
    const from = this.#steps[index]?.logFrom ?? null
    this.#set(index, { state: 'completed', conclusion, finishedAt: this.#now(), logTo: from !== null && last >= from ? last : null })
    this.#deps.output.endStep()
  }

  skip(index: number): void {
    this.#set(index, { state: 'completed', conclusion: 'skipped' })
  }

  #set(index: number, change: Partial<Step>): void {
    this.#steps = this.#steps.map((step, position) => (position === index ? { ...step, ...change } : step))
  }

  #now(): string {
    return this.#deps.clock.now().toISOString()
  }
}
