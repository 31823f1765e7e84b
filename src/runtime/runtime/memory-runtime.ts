import { systemClock, type Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import { LineQueue } from './line-queue.ts'
import { runtimeFaults } from './runtime-faults.ts'
import type { Endpoint, EndpointSource, InstanceState, LogLine, Runtime, RuntimeCapabilities, WorkloadRef, WorkloadSpec, WorkloadStatus } from './runtime.ts'
import { fingerprintOf, parseWorkloadSpec, templateOf, workloadKey } from './workload-spec.ts'
import { absentStatus, stoppedStatus, summarize } from './workload-summary.ts'

/** How replicas of a spec turn out: ready at once, ended with code 1, or never ready. */
export type MemoryBehaviour = 'serves' | 'crashes' | 'never-ready'

interface MemoryReplica {
  id: string
  template: string
  state: InstanceState
  startedAt: string
  restarts: number
  lastExit?: string
}

interface MemoryWorkload {
  spec: WorkloadSpec
  isRunning: boolean
  replicas: MemoryReplica[]
  lines: LogLine[]
}

/** For unit tests: keeps the promises of `Runtime` without running anything. `address` gives endpoints somewhere to lead to. */
export class MemoryRuntime implements Runtime, EndpointSource {
  readonly name = 'memory'
  readonly capabilities: RuntimeCapabilities = { memoryLimit: 'ignored', cpuLimit: 'ignored', volumes: true, schedules: false }
  readonly #workloads = new Map<string, MemoryWorkload>()
  readonly #listeners = new Map<string, Set<(line: LogLine) => void>>()
  readonly #behaviourOf: (spec: WorkloadSpec) => MemoryBehaviour
  readonly #addressOf: (ref: WorkloadRef) => { host: string; port: number }
  readonly #clock: Clock

  constructor(
    options: { behaviourOf?: (spec: WorkloadSpec) => MemoryBehaviour; addressOf?: (ref: WorkloadRef) => { host: string; port: number }; clock?: Clock } = {},
  ) {
    this.#behaviourOf = options.behaviourOf ?? (() => 'serves')
    this.#addressOf = options.addressOf ?? (() => ({ host: '127.0.0.1', port: 9 }))
    this.#clock = options.clock ?? systemClock
  }

  async ensure(spec: WorkloadSpec): Promise<void> {
    const parsed = parseWorkloadSpec(spec)
    if (parsed.schedule) throw runtimeFaults.unsupported({ runtime: this.name, capability: 'schedules' })
    const workload = this.#workloads.get(workloadKey(parsed.ref)) ?? { spec: parsed, isRunning: true, replicas: [], lines: [] }
    this.#workloads.set(workloadKey(parsed.ref), workload)
    Object.assign(workload, { spec: parsed, isRunning: true })
    this.#fill(workload, templateOf(parsed))
  }

  async status(ref: WorkloadRef): Promise<WorkloadStatus> {
    const workload = this.#workloads.get(workloadKey(ref))
    if (!workload) return absentStatus(ref)
    return workload.isRunning ? this.#statusOf(workload) : stoppedStatus(workload.spec)
  }

  async list(filter: { component?: string | undefined; environment?: string | undefined } = {}): Promise<WorkloadStatus[]> {
    return [...this.#workloads.entries()]
      .filter(
        ([, { spec, isRunning }]) =>
          isRunning && (filter.component ?? spec.ref.component) === spec.ref.component && (filter.environment ?? spec.ref.environment) === spec.ref.environment,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, workload]) => this.#statusOf(workload))
  }

  async stop(ref: WorkloadRef): Promise<void> {
    const workload = this.#workloads.get(workloadKey(ref))
    if (workload) Object.assign(workload, { isRunning: false, replicas: [] })
  }

  async restart(ref: WorkloadRef): Promise<void> {
    const workload = this.#workloads.get(workloadKey(ref))
    if (!workload?.isRunning) throw runtimeFaults.not_found({ workload: workloadKey(ref) })
    workload.replicas = []
    this.#fill(workload, templateOf(workload.spec))
  }

  async *logs(ref: WorkloadRef, options: { tailLines?: number | undefined; follow?: AbortSignal | undefined }): AsyncIterable<LogLine> {
    const workload = this.#workloads.get(workloadKey(ref))
    if (!workload) throw runtimeFaults.not_found({ workload: workloadKey(ref) })
    const queue = options.follow && new LineQueue({ listen: (listener) => this.#listen(ref, listener) }, options.follow)
    const count = options.tailLines ?? 200
    try {
      yield* count === 0 ? [] : workload.lines.slice(-count)
      if (queue) yield* queue
    } finally {
      queue?.close()
    }
  }

  readyEndpoints(ref: WorkloadRef): readonly Endpoint[] {
    const workload = this.#workloads.get(workloadKey(ref))
    return (workload?.replicas ?? [])
      .filter((replica) => replica.state === 'ready')
      .map((replica) => ({ instance: replica.id, ...this.#addressOf(ref), version: workload?.spec.labels.version ?? '', enter: () => () => {} }))
  }

  /** Has each replica write a line. */
  write(ref: WorkloadRef, line: string, stream: LogLine['stream'] = 'stdout'): void {
    const workload = this.#workloads.get(workloadKey(ref))
    for (const replica of workload?.replicas ?? []) this.#deliver(ref, { at: this.#clock.now().toISOString(), instance: replica.id, stream, line })
  }

  #fill(workload: MemoryWorkload, template: string): void {
    const behaviour = this.#behaviourOf(workload.spec)
    const isKept = (replica: MemoryReplica): boolean => replica.template === template || (behaviour !== 'serves' && replica.state === 'ready')
    const kept = workload.replicas.filter(isKept)
    const current = kept.filter((replica) => replica.template === template).slice(0, workload.spec.replicas)
    const old = kept.filter((replica) => replica.template !== template)
    const added = Array.from({ length: workload.spec.replicas - current.length }, (): MemoryReplica => this.#startReplica(behaviour, template))
    workload.replicas = [...current, ...added, ...old]
    for (const replica of added) {
      const line = behaviour === 'crashes' ? { stream: 'stderr' as const, line: 'Error: boom' } : { stream: 'stdout' as const, line: 'started' }
      this.#deliver(workload.spec.ref, { at: replica.startedAt, instance: replica.id, ...line })
    }
  }

  #startReplica(behaviour: MemoryBehaviour, template: string): MemoryReplica {
    const common = { id: newId('ins'), template, startedAt: this.#clock.now().toISOString() }
    if (behaviour === 'crashes') return { ...common, state: 'backing-off', restarts: 1, lastExit: 'exited with 1: Error: boom' }
    return { ...common, state: behaviour === 'serves' ? 'ready' : 'starting', restarts: 0 }
  }

  #statusOf(workload: MemoryWorkload): WorkloadStatus {
    const { spec } = workload
    const template = templateOf(spec)
    const instances = workload.replicas.map(({ id, state, startedAt, restarts, lastExit }) => ({
      id,
      state,
      startedAt,
      restarts,
      ...(lastExit === undefined ? {} : { lastExit }),
    }))
    const replicas = instances.map((instance, index) => ({ ...instance, isCurrent: workload.replicas[index]?.template === template }))
    return {
      ref: spec.ref,
      version: spec.labels.version,
      desiredReplicas: spec.replicas,
      fingerprint: fingerprintOf(spec),
      instances,
      ...summarize(spec.replicas, replicas),
    }
  }

  #listen(ref: WorkloadRef, listener: (line: LogLine) => void): () => void {
    const listeners = this.#listeners.get(workloadKey(ref)) ?? new Set()
    this.#listeners.set(workloadKey(ref), listeners.add(listener))
    return () => listeners.delete(listener)
  }

  #deliver(ref: WorkloadRef, line: LogLine): void {
    this.#workloads.get(workloadKey(ref))?.lines.push(line)
    for (const listener of this.#listeners.get(workloadKey(ref)) ?? []) listener(line)
  }
}
