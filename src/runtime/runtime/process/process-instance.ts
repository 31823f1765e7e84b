import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { Secret, maskSecrets } from '#kernel/common/secret'
import { isRunning, killGroup, type ProcessIdentity } from '#kernel/node/process'
import type { Endpoint, InstanceState, InstanceStatus, LogLine, WorkloadSpec } from '../runtime.ts'
import { countFailure, restartDelayMs } from './back-off.ts'
import { takeFreePort } from './free-port.ts'
import { InstanceLog } from './instance-log.ts'
import type { ProcessRuntimeDeps, ProcessTimings } from './process-deps.ts'
import { maskedTexts, replicaEnvironment, resolveSecrets } from './replica-environment.ts'
import { ReplicaWatch } from './replica-watch.ts'
import { adoptProcess, startProcess, terminate, type RunningProcess } from './running-process.ts'
import { prepareWorkingFolder } from './working-folder.ts'
import type { RunStore } from './run-store.ts'
import { ScheduledRuns } from './scheduled-runs.ts'
import type { InstanceRow, WorkloadStore } from './workload-store.ts'

/** What a replica works with. */
export interface InstanceContext {
  deps: ProcessRuntimeDeps
  timings: ProcessTimings
  store: WorkloadStore
  runs: RunStore
  /** Folder of the workload. */
  folder: string
  onChange(): void
  onLine(line: LogLine): void
}

/**
 * One replica: a process that is started again whenever it ends, until `stop` or `leave`. Its row is written before its process is started, and the
 * process carries the row's id in its environment, so that a crash of the platform at any point leaves nothing that the next one does not find.
 */
export class ProcessInstance {
  readonly id: string
  readonly generation: number
  readonly #spec: WorkloadSpec
  readonly #context: InstanceContext
  readonly #row: InstanceRow
  readonly #log: InstanceLog
  readonly #abort = new AbortController()
  #state: InstanceState = 'starting'
  /** Undefined until the secrets are known: lines that could not be masked are not read. */
  #masked: readonly Secret[] | undefined
  #waitingFor: string | undefined
  #running: RunningProcess | undefined
  #failures = 0
  #inFlight = 0
  #onIdle: (() => void) | undefined
  #done: Promise<void> | undefined
  #isStopping = false
  readonly #runs: ScheduledRuns | undefined

  constructor(spec: WorkloadSpec, row: InstanceRow, context: InstanceContext) {
    this.id = row.id
    this.generation = row.generation
    this.#spec = spec
    this.#row = { ...row }
    this.#context = context
    this.#runs = ScheduledRuns.of(spec, row.id, context.deps, context.runs)
    this.#log = new InstanceLog({
      folder: context.folder,
      instance: row.id,
      mask: (text) => maskSecrets(text, this.#masked ?? []),
      onLine: (line) => context.onLine(line),
      now: () => context.deps.clock.now(),
      limits: context.timings.log,
    })
  }

  get state(): InstanceState {
    return this.#state
  }

  /** Begins; `found` is the process of this replica that already runs. */
  start(found?: ProcessIdentity): void {
    this.#done ??= this.#supervise(found).catch((error: unknown) =>
      this.#context.deps.log.error('the supervision of a replica ended', { workload: this.id, error }),
    )
  }

  /** Of a scheduled workload: has it run now. */
  runNow(): void {
    this.#runs?.runNow()
  }

  /** Reads new output. */
  drainLog(isEnd = false): Promise<void> {
    const drained = async (): Promise<void> => {
      if (!this.#masked && this.#row.pid === null) return // nothing has been started yet
      if (!this.#masked) await this.#loadSecrets()
      await this.#log.drain(isEnd)
    }
    return drained().catch((error: unknown) => this.#context.deps.log.warn('the log of a replica could not be read now', { workload: this.id, error }))
  }

  status(): InstanceStatus {
    const { pid, port, lastExit } = this.#row
    return {
      id: this.id,
      state: this.#state,
      ...(this.#running && pid !== null ? { pid } : {}),
      ...(this.#running && port !== null ? { address: `127.0.0.1:${port}` } : {}),
      startedAt: this.#row.startedAt.toISOString(),
      restarts: this.#row.restarts,
      ...(lastExit === null ? {} : { lastExit }),
      ...(this.#waitingFor === undefined || this.#state === 'ready' ? {} : { waitingFor: this.#waitingFor }),
      ...this.#runs?.status(),
    }
  }

  endpoint(): Endpoint | undefined {
    if (this.#state !== 'ready' || this.#row.port === null) return undefined
    return { instance: this.id, host: '127.0.0.1', port: this.#row.port, version: this.#spec.labels.version, enter: () => this.#enter() }
  }

  /** Takes no more requests, lets running ones end, asks the process to stop, ends it, forgets the replica. */
  async stop(options: { drain: boolean }): Promise<void> {
    const graceMs = this.#spec.stopGraceSeconds * 1_000
    this.#isStopping = true
    this.#setState('stopped')
    this.#abort.abort()
    if (options.drain && this.#inFlight > 0) await this.#idle(graceMs)
    if (this.#running) await terminate(this.#running, graceMs)
    await this.#done
    await this.drainLog(true)
    await this.#log.close()
    await this.#context.store
      .removeInstance(this.id)
      .catch((error: unknown) =>
        this.#context.deps.log.warn('the row of a stopped replica could not be removed; the next start does', { workload: this.id, error }),
      )
    await rm(this.#workingFolder(), { recursive: true, force: true })
  }

  /** Ends the supervision and leaves the process running, for the next platform to adopt. */
  async leave(): Promise<void> {
    this.#abort.abort()
    await this.drainLog()
    await this.#log.close()
  }

  async #supervise(found: ProcessIdentity | undefined): Promise<void> {
    const { signal } = this.#abort
    let identity = found
    if (this.#runs) {
      const exit = await this.#runs.recall(identity !== undefined)
      if (!identity) this.#judgeRun(exit)
    }
    while (!signal.aborted) {
      if (this.#runs && !identity && !(await this.#runs.next(signal))) return
      const watch = new ReplicaWatch(this.#spec, this.#context.timings)
      let exit: string
      try {
        this.#running = identity ? await this.#adopt(identity) : await this.#launch()
        // The wish to stop may have come while the process was being started.
        if (this.#isStopping) await terminate(this.#running, this.#spec.stopGraceSeconds * 1_000)
        exit = await this.#watchUntilEnd(this.#running, watch)
      } catch (error) {
        exit = `can't be started: ${error instanceof Error ? error.message : String(error)}`
      }
      this.#running = undefined
      identity = undefined
      // It was left to the next platform, which sees its end too.
      if (signal.aborted && !this.#isStopping) return
      if (this.#runs) {
        this.#judgeRun(await this.#runs.end(signal.aborted ? 'was stopped' : exit))
        await this.#save()
      }
      if (signal.aborted) return
      if (!this.#runs) await this.#pauseAfter(exit, watch.readyForMs())
    }
  }

  /** Also lets the log be read, since from now on its lines can be masked. */
  async #loadSecrets(): Promise<{ secrets: ReadonlyMap<string, Secret>; extra: Record<string, string | Secret> }> {
    const { deps } = this.#context
    const [secrets, extra] = await Promise.all([
      resolveSecrets(this.#spec, (secretPath) => deps.resolveSecret(secretPath)),
      deps.extraEnvironment?.(this.#spec.ref) ?? {},
    ])
    this.#masked = [...maskedTexts(secrets), ...Object.values(extra).filter((value) => value instanceof Secret)]
    return { secrets, extra }
  }

  async #adopt(identity: ProcessIdentity): Promise<RunningProcess> {
    Object.assign(this.#row, { pid: identity.pid, processStart: identity.start })
    await this.#save()
    void this.drainLog() // what it wrote while nobody read
    return adoptProcess(identity, this.#context.timings.adoptedPollMs)
  }

  async #launch(): Promise<RunningProcess> {
    const { deps } = this.#context
    if (!this.#runs) this.#setState('starting')
    const [port, { secrets, extra }, cwd] = await Promise.all([this.#runs ? undefined : takeFreePort(), this.#loadSecrets(), this.#prepareFolder()])
    Object.assign(this.#row, { pid: null, processStart: null, port: port ?? null, startedAt: deps.clock.now() })
    await this.#context.store.saveInstance(this.#spec.ref, this.#row)
    this.#abort.signal.throwIfAborted()
    const inherited = { ...deps.inheritedEnvironment, ...revealed(extra) }
    const environment = replicaEnvironment(
      this.#spec,
      { instance: this.id, port, scheduledAt: this.#runs?.scheduledAt, owner: deps.dataDir, otlpEndpoint: deps.otlpEndpoint },
      secrets,
      inherited,
    )
    const running = await startProcess({ command: this.#spec.command, cwd, environment, output: this.#log.openSpools() })
    Object.assign(this.#row, { pid: running.identity.pid, processStart: running.identity.start })
    this.#running = running
    await this.#save()
    return running
  }

  async #watchUntilEnd(running: RunningProcess, watch: ReplicaWatch): Promise<string> {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, this.#abort.signal])
    let reason: string | undefined
    const watching = watch.run({
      pid: running.identity.pid,
      port: this.#row.port ?? 0,
      clock: this.#context.deps.clock,
      signal,
      onReadiness: (state, waitingFor) => {
        this.#waitingFor = waitingFor
        this.#setState(state)
      },
      onUnfit: async (why, isUrgent) => {
        reason = why
        if (!isRunning(running.identity)) return
        await terminate(running, isUrgent ? 0 : this.#spec.stopGraceSeconds * 1_000)
      },
    })
    const ended = await running.ended
    over.abort()
    await watching
    killGroup(running.identity.pid, 'SIGKILL') // children that it left behind
    await this.drainLog(true)
    if (reason !== undefined) return reason
    const words = this.#log.lastWords()
    return words === undefined ? ended : `${ended}: ${words}`
  }

  async #pauseAfter(exit: string, readyForMs: number): Promise<void> {
    const { clock, log } = this.#context.deps
    const { backOff } = this.#context.timings
    // Somebody else took the port between its choice and the replica's listening: not the replica's fault.
    const isPortLost = /EADDRINUSE/.test(exit) && this.#failures === 0
    this.#failures = countFailure(this.#failures, readyForMs, backOff)
    this.#row.lastExit = exit
    this.#waitingFor = undefined
    this.#row.restarts++
    const delayMs = isPortLost ? 0 : restartDelayMs(this.#failures, backOff)
    log.warn(`a replica ${exit}; it is started again in ${delayMs / 1_000} s`, { workload: this.id, attempt: this.#failures, ...this.#spec.ref })
    this.#setState('backing-off')
    await this.#save()
    await clock.sleep(delayMs, this.#abort.signal).catch(() => {})
  }

  /** Of a scheduled workload: ready while its newest run is good, or there was none. */
  #judgeRun(exit: string | undefined): void {
    Object.assign(this.#row, { lastExit: exit ?? null, pid: null, processStart: null })
    this.#setState(exit === undefined ? 'ready' : 'unready')
  }

  /** The row serves status and adoption; without the database the marks in the process still lead to it. */
  async #save(): Promise<void> {
    await this.#context.store
      .saveInstance(this.#spec.ref, this.#row)
      .catch((error: unknown) => this.#context.deps.log.warn('the row of a replica could not be written', { workload: this.id, error }))
  }

  async #prepareFolder(): Promise<string> {
    const { deps } = this.#context
    const artifact = await deps.fetchArtifact(this.#spec.artifactDigest)
    const volumes = await Promise.all(
      this.#spec.volumes.map(async (volume) => ({ mountPath: volume.mountPath, folder: (await deps.volumeFolder?.(volume.volumeId)) ?? '' })),
    )
    await mkdir(this.#context.folder, { recursive: true, mode: 0o700 })
    return await prepareWorkingFolder({ artifact, target: this.#workingFolder(), volumes })
  }

  #workingFolder(): string {
    return path.join(this.#context.folder, `${this.id}.work`)
  }

  #setState(state: InstanceState): void {
    if (this.#state === state || this.#state === 'stopped') return
    this.#state = state
    this.#context.onChange()
  }

  #enter(): () => void {
    this.#inFlight++
    let isOut = false
    return () => {
      if (isOut) return
      isOut = true
      if (--this.#inFlight === 0) this.#onIdle?.()
    }
  }

  async #idle(limitMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function revealed(values: Readonly<Record<string, string | Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]))
}
