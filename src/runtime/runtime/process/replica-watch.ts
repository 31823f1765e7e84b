import type { Clock } from '#kernel/common/clock'
import { residentBytes } from '#kernel/node/process'
import type { WorkloadSpec } from '../runtime.ts'
import type { ProcessTimings } from './process-deps.ts'
import { probeHttp, probeTcp, type ProbeResult } from './probe.ts'

/** Failures in a row before a ready replica counts as unready, and before one that fails its liveness check is restarted. Kubernetes' default. */
const FAILURE_THRESHOLD = 3

/** Checks one run of a replica until told to stop: readiness, liveness, memory. */
export class ReplicaWatch {
  readonly #spec: WorkloadSpec
  readonly #timings: ProcessTimings
  readonly #beganAt = performance.now()
  #readyAt: number | undefined

  constructor(spec: WorkloadSpec, timings: ProcessTimings) {
    this.#spec = spec
    this.#timings = timings
  }

  /** How long ago the replica became ready for the first time; 0: never. */
  readyForMs(): number {
    return this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt
  }

  /** `onUnfit` is called once, and the watch ends with it. */
  async run(on: {
    pid: number
    port: number
    clock: Clock
    signal: AbortSignal
    onReadiness(state: 'starting' | 'ready' | 'unready', waitingFor: ProbeResult): void
    onUnfit(reason: string, isUrgent: boolean): Promise<void>
  }): Promise<void> {
    const { checkMs, startCheckMs } = this.#timings
    let unready = 0
    let dead = 0
    while (!on.signal.aborted) {
      const heavy = this.#overweight(on.pid)
      if (heavy !== undefined) return await on.onUnfit(heavy, true)
      if (this.#spec.schedule) {
        // A run ends by itself: only how long it takes is watched.
        const limitMs = this.#spec.schedule.timeoutSeconds * 1_000
        if (performance.now() - this.#beganAt >= limitMs)
          return await on.onUnfit(`took longer than its limit of ${this.#spec.schedule.timeoutSeconds} s`, false)
        await on.clock.sleep(checkMs, on.signal).catch(() => {})
        continue
      }
      const readiness = await this.#checkReadiness(on.port)
      if (on.signal.aborted) return
      unready = readiness === undefined ? 0 : unready + 1
      if (readiness === undefined) this.#readyAt ??= performance.now()
      if (this.#readyAt === undefined) on.onReadiness('starting', readiness)
      else if (readiness === undefined || unready >= FAILURE_THRESHOLD) on.onReadiness(readiness === undefined ? 'ready' : 'unready', readiness)
      const liveness = this.#readyAt === undefined ? undefined : await this.#checkLiveness(on.port)
      if (on.signal.aborted) return
      dead = liveness === undefined ? 0 : dead + 1
      if (dead >= FAILURE_THRESHOLD) return await on.onUnfit(`failed its liveness check ${dead} times: ${liveness}`, false)
      await on.clock.sleep(this.#readyAt === undefined ? startCheckMs : checkMs, on.signal).catch(() => {})
    }
  }

  async #checkReadiness(port: number): Promise<ProbeResult> {
    const { readiness } = this.#spec
    return readiness ? await probeHttp(port, readiness.path, this.#timings.checkTimeoutMs) : await probeTcp(port, this.#timings.checkTimeoutMs)
  }

  async #checkLiveness(port: number): Promise<ProbeResult> {
    const { liveness } = this.#spec
    return liveness ? await probeHttp(port, liveness.path, this.#timings.checkTimeoutMs) : undefined
  }

  #overweight(pid: number): string | undefined {
    const limit = this.#spec.limits.memoryBytes
    if (limit === undefined) return undefined
    const used = residentBytes(pid)
    return used > limit ? `out of memory: used ${toMegabytes(used)} MB of ${toMegabytes(limit)} MB` : undefined
  }
}

function toMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024)
}
