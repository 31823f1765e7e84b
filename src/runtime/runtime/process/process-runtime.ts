import { realpathSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { hasProc, isRunning, killGroup, type ProcessIdentity } from '#kernel/node/process'
import type { Endpoint, EndpointSource, LogLine, Runtime, RuntimeCapabilities, WorkloadRef, WorkloadSpec, WorkloadStatus } from '../runtime.ts'
import { runtimeFaults } from '../runtime-faults.ts'
import { parseWorkloadSpec, workloadKey } from '../workload-spec.ts'
import { absentStatus, stoppedStatus } from '../workload-summary.ts'
import { LineQueue } from '../line-queue.ts'
import { processTimings, type ProcessRuntimeDeps, type ProcessTimings } from './process-deps.ts'
import { findMarked } from './marked-processes.ts'
import { lastLinesOf, listLogs, SupervisedWorkload } from './supervised-workload.ts'
import { RunStore } from './run-store.ts'
import { WorkloadStore, type DesiredWorkload, type InstanceRow } from './workload-store.ts'

/**
 * Runs workloads as supervised processes of this machine, listening on loopback. Desired state is in Postgres; processes outlive a crash of the
 * platform and are adopted by the next one: on Linux by the marks that they carry, elsewhere by the pid and start in their row. One platform at a time owns a data folder.
 */
export class ProcessRuntime implements Runtime, EndpointSource {
  readonly name = 'process'
  readonly capabilities: RuntimeCapabilities
  readonly #deps: ProcessRuntimeDeps
  readonly #timings: ProcessTimings
  readonly #store: WorkloadStore
  readonly #runs: RunStore
  readonly #root: string
  readonly #workloads = new Map<string, SupervisedWorkload>()
  readonly #queues = new Map<string, Promise<unknown>>()

  private constructor(deps: ProcessRuntimeDeps, timings: ProcessTimings) {
    this.#deps = deps
    this.#timings = timings
    this.#store = new WorkloadStore(deps.db, deps.journal)
    this.#runs = new RunStore(deps.db)
    this.#root = path.join(deps.dataDir, 'workloads')
    this.capabilities = { memoryLimit: hasProc ? 'enforced' : 'ignored', cpuLimit: 'ignored', volumes: deps.volumeFolder !== undefined, schedules: true }
  }

  /**
   * Adopts what runs, ends processes of ours that nobody wants any more, starts what is missing; does not wait for readiness.
   * Milliseconds of `timings` are for tests.
   */
  static async start(deps: ProcessRuntimeDeps, timings: Partial<ProcessTimings> = {}): Promise<ProcessRuntime> {
    await mkdir(path.join(deps.dataDir, 'workloads'), { recursive: true, mode: 0o700 })
    const runtime = new ProcessRuntime({ ...deps, dataDir: realpathSync(deps.dataDir) }, { ...processTimings, ...timings })
    await runtime.#resume()
    return runtime
  }

  async ensure(spec: WorkloadSpec): Promise<void> {
    const parsed = parseWorkloadSpec(spec)
    if (parsed.volumes.length > 0 && !this.capabilities.volumes) throw runtimeFaults.unsupported({ runtime: this.name, capability: 'volumes' })
    await this.#serially(parsed.ref, async () => {
      const wanted = await this.#store.saveRunning(parsed)
      this.#supervise(wanted).want(wanted)
    })
  }

  async status(ref: WorkloadRef): Promise<WorkloadStatus> {
    const supervised = this.#workloads.get(workloadKey(ref))
    if (supervised) return supervised.status()
    const known = await this.#store.find(ref)
    return known ? stoppedStatus(known.spec) : absentStatus(ref)
  }

  async list(filter: { component?: string | undefined; environment?: string | undefined } = {}): Promise<WorkloadStatus[]> {
    const matches = (ref: WorkloadRef): boolean =>
      (filter.component ?? ref.component) === ref.component && (filter.environment ?? ref.environment) === ref.environment
    return [...this.#workloads.entries()]
      .filter(([, workload]) => matches(workload.ref))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, workload]) => workload.status())
      .filter((status) => status.state !== 'stopped')
  }

  async stop(ref: WorkloadRef): Promise<void> {
    await this.#serially(ref, async () => {
      await this.#store.saveStopped(ref)
      const key = workloadKey(ref)
      const supervised = this.#workloads.get(key)
      const known = supervised && (await this.#store.find(ref))
      if (!supervised || !known) return
      supervised.want(known)
      await supervised.settled()
      await supervised.close('stop')
      this.#workloads.delete(key)
    })
  }

  async restart(ref: WorkloadRef, actor: string): Promise<void> {
    await this.#serially(ref, async () => {
      const current = await this.#store.find(ref)
      const wanted = current?.spec.schedule ? await this.#store.noteRun(ref, actor) : await this.#store.saveRestart(ref, actor)
      if (!wanted) throw runtimeFaults.not_found({ workload: workloadKey(ref) })
      if (wanted.spec.schedule) this.#supervise(wanted).runNow()
      else this.#supervise(wanted).want(wanted)
    })
  }

  async *logs(ref: WorkloadRef, options: { tailLines?: number | undefined; follow?: AbortSignal | undefined }): AsyncIterable<LogLine> {
    const supervised = this.#workloads.get(workloadKey(ref))
    if (!supervised && !(await this.#store.find(ref))) throw runtimeFaults.not_found({ workload: workloadKey(ref) })
    const folder = this.#folderOf(ref)
    const ids = await listLogs(folder)
    // Lines are written and delivered in one step, so that between these two lines none falls through or comes twice.
    const queue = options.follow && supervised ? new LineQueue(supervised, options.follow) : undefined
    const living = supervised?.status().instances.map((instance) => instance.id) ?? []
    const past = lastLinesOf(folder, [...new Set([...ids, ...living])], clampLines(options.tailLines))
    try {
      yield* past
      if (queue) yield* queue
    } finally {
      queue?.close()
    }
  }

  readyEndpoints(ref: WorkloadRef): readonly Endpoint[] {
    return this.#workloads.get(workloadKey(ref))?.endpoints() ?? []
  }

  /**
   * Ends the supervision. `stopWorkloads` true: processes are stopped, at once and all in parallel, and the next start brings them back; false:
   * they run on unsupervised until the next start adopts them.
   */
  async close(options: { stopWorkloads: boolean }): Promise<void> {
    await Promise.allSettled(this.#queues.values())
    await Promise.all([...this.#workloads.values()].map((workload) => workload.close(options.stopWorkloads ? 'stop' : 'leave')))
    this.#workloads.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ stopWorkloads: true })
  }

  async #resume(): Promise<void> {
    const alive = await this.#store.listAlive()
    const marked = hasProc ? findMarked(this.#deps.dataDir) : findRecorded(alive.flatMap((workload) => workload.instances))
    const known = new Set(alive.flatMap((workload) => workload.instances.map((instance) => instance.id)))
    for (const [instance, identity] of marked) {
      if (known.has(instance) && isRunning(identity)) continue
      this.#deps.log.warn('a process of a replica that is no longer wanted was ended', { workload: instance, pid: identity.pid })
      killGroup(identity.pid, 'SIGKILL')
      marked.delete(instance)
    }
    await Promise.all(alive.map((wanted) => this.#supervise(wanted).adopt(wanted.instances, marked)))
    await this.#forgetStopped()
    await this.#runs.forgetOld()
  }

  #supervise(wanted: DesiredWorkload): SupervisedWorkload {
    const key = workloadKey(wanted.spec.ref)
    const found = this.#workloads.get(key)
    if (found) return found
    const made = new SupervisedWorkload(wanted, this.#folderOf(wanted.spec.ref), this.#deps, this.#timings, this.#store, this.#runs)
    this.#workloads.set(key, made)
    return made
  }

  async #forgetStopped(): Promise<void> {
    const limit = new Date(this.#deps.clock.now().getTime() - this.#timings.keepStoppedMs)
    for (const ref of await this.#store.forgetStopped(limit)) await rm(this.#folderOf(ref), { recursive: true, force: true })
  }

  #folderOf(ref: WorkloadRef): string {
    return path.join(this.#root, ref.component, ref.environment, ref.release)
  }

  /** One wish at a time for a workload. */
  async #serially<T>(ref: WorkloadRef, work: () => Promise<T>): Promise<T> {
    const key = workloadKey(ref)
    const before = this.#queues.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#queues.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#queues.get(key) === mine) this.#queues.delete(key)
    }
  }
}

/** Replicas that still run, by what their rows say of their processes. */
function findRecorded(rows: readonly InstanceRow[]): Map<string, ProcessIdentity> {
  return new Map(
    rows.flatMap((row): [string, ProcessIdentity][] => {
      const identity = { pid: row.pid ?? 0, start: row.processStart ?? '' }
      return identity.start !== '' && isRunning(identity) ? [[row.id, identity]] : []
    }),
  )
}

function clampLines(count: number | undefined): number {
  return Math.max(0, Math.min(10_000, Math.floor(count ?? 200)))
}
