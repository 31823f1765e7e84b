import { scaffolderFaults } from '../scaffolder-faults.ts'

/** What one evaluation may use. Enough for any honest template; a hostile one ends in milliseconds. */
export interface Limits {
  steps: number
  outputLength: number
  /** Of this thread's own work, so that a busy machine fails nothing. */
  timeMs: number
}

const DEFAULT_LIMITS: Limits = { steps: 200_000, outputLength: 2_000_000, timeMs: 100 }

/** Counts steps, characters and time of one evaluation. */
export class Budget {
  readonly #limits: Limits
  readonly #where: string
  readonly #deadline: number
  #steps = 0
  #nextLook = 200
  #length = 0

  constructor(where: string, limits: Limits = DEFAULT_LIMITS) {
    this.#limits = limits
    this.#where = where
    this.#deadline = threadMs() + limits.timeMs
  }

  /** @throws `platform.scaffolder.expression` when the steps or the time are used up. */
  step(count = 1): void {
    this.#steps += count
    if (this.#steps > this.#limits.steps) throw this.#over(`more than ${this.#limits.steps} steps`)
    if (this.#steps < this.#nextLook) return
    this.#nextLook = this.#steps + 200
    if (threadMs() > this.#deadline) throw this.#over(`more than ${this.#limits.timeMs} ms`)
  }

  /** Accounts for a text that is made, before or after it is printed. */
  made(text: string): string {
    this.#length += text.length
    this.step(1 + (text.length >> 6))
    if (this.#length > this.#limits.outputLength * 4 || text.length > this.#limits.outputLength)
      throw this.#over(`texts of more than ${this.#limits.outputLength} characters`)
    return text
  }

  /** Accounts for looking for a text in another, which at worst compares each character of both. */
  search(text: string, part: string): void {
    this.step(1 + Math.floor((text.length * part.length) / 1_024))
  }

  #over(what: string): Error {
    return scaffolderFaults.expression({ where: this.#where, what: `it takes ${what} and was stopped` })
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
