import { watch, type FSWatcher } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { newId } from '#kernel/common/id'
import type { ProcessIdentity } from '#kernel/node/process'
import type { Endpoint, LogLine, WorkloadRef, WorkloadStatus } from '../runtime.ts'
import { fingerprintOf } from '../workload-spec.ts'
import { summarize } from '../workload-summary.ts'
import { readLastLines } from './instance-log.ts'
import type { ProcessRuntimeDeps, ProcessTimings } from './process-deps.ts'
import { ProcessInstance, type InstanceContext } from './process-instance.ts'
import type { RunStore } from './run-store.ts'
import type { DesiredWorkload, InstanceRow, WorkloadStore } from './workload-store.ts'

/** Logs of past replicas that are kept beside those of living ones. */
const PAST_LOGS = 5
/** A change of a spool that the file system did not tell us of is seen this late. */
const DRAIN_FALLBACK_MS = 2_000
/** Writes that come in quick succession are read together. */
const DRAIN_DELAY_MS = 20

/**
 * The replicas of one workload. `converge` compares what is with what is wanted and takes the next step; it runs again whenever a replica or the
 * wish changes, and forgets nothing between runs, so that it also goes on with what an earlier platform had begun.
 */
export class SupervisedWorkload {
  readonly ref: WorkloadRef
  readonly #context: Omit<InstanceContext, 'onChange' | 'onLine'>
  readonly #listeners = new Set<(line: LogLine) => void>()
  #wanted: DesiredWorkload
  #instances: ProcessInstance[] = []
  #watcher: FSWatcher | undefined
  readonly #drainTimer: NodeJS.Timeout
  #drainTimeout: NodeJS.Timeout | undefined
  #isDirty = false
  #isClosed = false
  #converging: Promise<void> | undefined

  constructor(wanted: DesiredWorkload, folder: string, deps: ProcessRuntimeDeps, timings: ProcessTimings, store: WorkloadStore, runs: RunStore) {
    this.ref = wanted.spec.ref
    this.#wanted = wanted
    this.#context = { deps, timings, store, runs, folder }
    this.#drainTimer = setInterval(() => this.#drainAll(), DRAIN_FALLBACK_MS).unref()
  }

  /** Takes over the replicas that an earlier platform had; `running` are the processes that were found, by replica. */
  async adopt(rows: readonly InstanceRow[], running: ReadonlyMap<string, ProcessIdentity>): Promise<void> {
    await this.#watchSpools()
    for (const row of rows) {
      const found = running.get(row.id)
      if (!found && this.#wanted.desired === 'stopped') {
        await this.#context.store.removeInstance(row.id)
        continue
      }
      const away = found === undefined && row.pid !== null ? { lastExit: 'ended while the platform was away', restarts: row.restarts + 1 } : {}
      this.#begin({ ...row, ...away }, found)
    }
    this.converge()
  }

  /** Sets the wish and begins to fulfil it. */
  want(wanted: DesiredWorkload): void {
    this.#wanted = wanted
    this.converge()
  }

  /** Of a scheduled workload: has it run now. */
  runNow(): void {
    for (const instance of this.#instances) instance.runNow()
  }

  /** Resolves when there is nothing more to do at this moment. */
  async settled(): Promise<void> {
    while (this.#converging) await this.#converging
  }

  status(): WorkloadStatus {
    const { spec, generation, desired } = this.#wanted
    const replicas = this.#instances
      .filter((instance) => instance.state !== 'stopped')
      .map((instance) => ({ ...instance.status(), isCurrent: instance.generation === generation }))
    const instances = this.#instances.map((instance) => instance.status())
    const common = { ref: this.ref, version: spec.labels.version, desiredReplicas: spec.replicas, fingerprint: fingerprintOf(spec), instances }
    if (desired === 'stopped') return { ...common, state: 'stopped', readyReplicas: 0, message: instances.length > 0 ? 'stopping' : 'stopped' }
    const summary = summarize(spec.replicas, replicas)
    const nextRunAt = instances.find((instance) => instance.nextRunAt !== undefined)?.nextRunAt
    return {
      ...common,
      ...summary,
      message: nextRunAt === undefined ? summary.message : `runs at ${nextRunAt}${summary.state === 'ready' ? '' : `; ${summary.message}`}`,
    }
  }

  endpoints(): Endpoint[] {
    return this.#instances.flatMap((instance) => instance.endpoint() ?? [])
  }

  /** Calls `listener` with each new line until the result is called. */
  listen(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends the supervision: with `stop` the processes too, else they run on. The wish stays as it is. */
  async close(mode: 'stop' | 'leave'): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#drainTimer)
    clearTimeout(this.#drainTimeout)
    await Promise.all(this.#instances.map((instance) => (mode === 'stop' ? instance.stop({ drain: false }) : instance.leave())))
    await this.settled()
    this.#watcher?.close()
  }

  converge(): void {
    this.#isDirty = true
    this.#converging ??= this.#loop().finally(() => {
      this.#converging = undefined
      // A wake that came after the last look, and before this line, found a loop that was over.
      if (this.#isDirty && !this.#isClosed) this.converge()
    })
  }

  async #loop(): Promise<void> {
    while (this.#isDirty && !this.#isClosed) {
      this.#isDirty = false
      try {
        await this.#step()
      } catch (error) {
        if (this.#isClosed) return
        this.#context.deps.log.error('a workload could not be brought to what is wanted; it is tried again', { error, ...this.ref })
        await this.#context.deps.clock.sleep(1_000)
        this.#isDirty = true
      }
    }
  }

  async #step(): Promise<void> {
    const { desired, spec, generation } = this.#wanted
    const alive = this.#instances.filter((instance) => instance.state !== 'stopped')
    const replicas = desired === 'running' ? spec.replicas : 0
    const current = alive.filter((instance) => instance.generation === generation)
    const old = alive.filter((instance) => instance.generation !== generation)
    const readyCurrent = current.filter((instance) => instance.state === 'ready')
    const readyOld = old.filter((instance) => instance.state === 'ready')

    // While old replicas serve, successors come one at a time; else all at once.
    const missing = replicas - current.length
    const isOneComing = current.length > readyCurrent.length
    const starting = missing <= 0 ? 0 : readyOld.length === 0 ? missing : isOneComing ? 0 : 1
    await Promise.all(Array.from({ length: starting }, () => this.#add(generation)))

    const surplus = missing < 0 ? current.slice(missing) : []
    const spare = Math.max(0, readyCurrent.length + readyOld.length - replicas)
    const replaced = old.filter(
      (instance) => instance.state !== 'ready' && (replicas === 0 || readyCurrent.length + readyOld.length > 0 || current.length + starting > 0),
    )
    await Promise.all([...surplus, ...replaced, ...readyOld.slice(0, spare)].map((instance) => this.#drop(instance)))
  }

  async #add(generation: number): Promise<void> {
    const row: InstanceRow = {
      id: newId('ins'),
      generation,
      pid: null,
      processStart: null,
      port: null,
      restarts: 0,
      lastExit: null,
      startedAt: this.#context.deps.clock.now(),
    }
    await this.#watchSpools()
    await this.#context.store.saveInstance(this.ref, row)
    if (!this.#isClosed) this.#begin(row, undefined)
  }

  #begin(row: InstanceRow, found: ProcessIdentity | undefined): void {
    const { spec } = this.#wanted
    const instance = new ProcessInstance(spec, row, { ...this.#context, onChange: () => this.converge(), onLine: (line) => this.#deliver(line) })
    this.#instances.push(instance)
    instance.start(found)
  }

  async #drop(instance: ProcessInstance): Promise<void> {
    await instance.stop({ drain: true })
    this.#instances = this.#instances.filter((other) => other !== instance)
    await this.#forgetPastLogs()
    this.#isDirty = true
  }

  #deliver(line: LogLine): void {
    this.#context.deps.onLog({ ...line, ref: this.ref, version: this.#wanted.spec.labels.version })
    for (const listener of this.#listeners) listener(line)
  }

  async #watchSpools(): Promise<void> {
    if (this.#watcher) return
    await mkdir(this.#context.folder, { recursive: true, mode: 0o700 })
    this.#watcher = watch(this.#context.folder, { persistent: false }, (_, name) => {
      if (name === null || /\.std(out|err)$/.test(name)) this.#drainTimeout ??= setTimeout(() => this.#drainAll(), DRAIN_DELAY_MS).unref()
    })
    this.#watcher.on('error', () => {}) // the timer still looks
  }

  #drainAll(): void {
    this.#drainTimeout = undefined
    for (const instance of this.#instances) void instance.drainLog()
  }

  async #forgetPastLogs(): Promise<void> {
    const { folder } = this.#context
    const past = (await listLogs(folder)).filter((id) => !this.#instances.some((instance) => instance.id === id))
    for (const id of past.slice(0, -PAST_LOGS)) {
      for (const ending of ['log', 'log.1', 'stdout', 'stderr']) await rm(path.join(folder, `${id}.${ending}`), { force: true })
    }
  }
}

/** Replicas that have a log in a workload's folder, by time of the last line, oldest first. */
export async function listLogs(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.log'))
  const dated = await Promise.all(names.map(async (name) => ({ id: name.slice(0, -'.log'.length), at: (await stat(path.join(folder, name))).mtimeMs })))
  return dated.sort((a, b) => a.at - b.at).map((log) => log.id)
}

/** The last `count` lines of all replicas of a workload, past ones included, in the order in which they were read. */
export function lastLinesOf(folder: string, ids: readonly string[], count: number): LogLine[] {
  return ids
    .flatMap((id) => readLastLines(folder, id, count))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(-count)
}
