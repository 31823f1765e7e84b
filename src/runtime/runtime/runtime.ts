/** Which release of which component, where. Its key is `orders/production/rel_01k…`. */
export interface WorkloadRef {
  component: string
  environment: string
  release: string
}

/** A value of the workload's environment: plain, a secret's path, or text with secrets in it. Resolved when a replica starts, never stored. */
export type EnvironmentValue = { value: string } | { secretPath: string } | { text: readonly (string | { secretPath: string })[] }

/** What should run. */
export interface WorkloadSpec {
  ref: WorkloadRef
  /** Digest of the OCI manifest, `sha256:…`. */
  artifactDigest: string
  /** Program and arguments, e.g. `['node', 'src/server.js']`; `node` is the platform's own. */
  command: readonly string[]
  environment: Readonly<Record<string, EnvironmentValue>>
  /** Set: no replica stays; a process is started at the times of the expression, and ends by itself. Then there is no port, no probe, and one replica at most. */
  schedule?: JobSchedule | undefined
  /** Port that the workload's description names. A replica is told where to listen by `PORT`, whatever stands here. */
  port?: number | undefined
  /** 0 to 100. */
  replicas: number
  /** HTTP path that answers 200 to 399 when a replica can take requests. Absent: it is ready when it accepts connections. */
  readiness?: { path: string; port?: number | undefined } | undefined
  /** HTTP path that answers 200 to 399 while a replica is well; three failures in a row restart it. */
  liveness?: { path: string } | undefined
  volumes: readonly { mountPath: string; volumeId: string }[]
  limits: { cpuMillicores?: number | undefined; memoryBytes?: number | undefined }
  /** 0 to 600: how long a replica may finish its requests, and then how long it may take to stop. */
  stopGraceSeconds: number
  labels: { version: string; owner: string; changeId?: string | undefined }
}

/** When a workload runs that is no service. */
export interface JobSchedule {
  /** Five fields, in UTC; see `parseCron`. */
  cron: string
  /** 1 to 86 400: a run that takes longer is ended, and counts as failed. */
  timeoutSeconds: number
}

/** How a workload is as a whole. */
export type WorkloadState = 'starting' | 'ready' | 'degraded' | 'failed' | 'stopped' | 'absent'
/** How a replica is. */
export type InstanceState = 'starting' | 'ready' | 'unready' | 'backing-off' | 'stopped'

/** One replica. */
export interface InstanceStatus {
  id: string
  state: InstanceState
  pid?: number
  /** `host:port`, while there is one. */
  address?: string
  /** ISO 8601; of the current start. */
  startedAt: string
  restarts: number
  /** Why it ended last, e.g. `exited with 1: Error: connect ECONNREFUSED`; secrets are masked. */
  lastExit?: string
  /** What keeps it from being ready now, e.g. `/readyz answers 503`. */
  waitingFor?: string
  /** ISO 8601; of a scheduled workload, when its next run is due. */
  nextRunAt?: string
  /** Of a scheduled workload, its newest run. Without `endedAt` it lasts. */
  lastRun?: { scheduledAt: string; startedAt: string; endedAt?: string; isGood?: boolean }
}

/**
 * How a workload is. `starting`: not all replicas are ready yet and none has failed. `ready`: all are, of the newest spec. `degraded`: some are.
 * `failed`: none is, and at least one ended or lost its health. `stopped`: it was told to stop. `absent`: never heard of.
 */
export interface WorkloadStatus {
  ref: WorkloadRef
  /** Label of the release, `1`; empty when absent. */
  version: string
  state: WorkloadState
  desiredReplicas: number
  readyReplicas: number
  /** One line for people, e.g. `1 of 2 ready: exited with 1: Error: no such table`. */
  message: string
  /** Hash of the recorded spec without `labels.changeId`; empty when absent. Equal specs have equal ones: `fingerprintOf(spec)`. */
  fingerprint: string
  instances: InstanceStatus[]
}

/** A line that a replica wrote. */
export interface LogLine {
  /** ISO 8601: when the platform read the line. */
  at: string
  instance: string
  stream: 'stdout' | 'stderr'
  /** Without its line end; secrets of the workload's environment are masked. At most 64 KB: a longer line comes in parts. */
  line: string
}

/** What an adapter does with a wish. `ignored`: the wish is accepted and has no effect, which the plan should say. */
export interface RuntimeCapabilities {
  /** `enforced`: a replica that uses more is restarted with a last exit that starts `out of memory`. */
  memoryLimit: 'enforced' | 'ignored'
  cpuLimit: 'enforced' | 'ignored'
  /** False: `ensure` of a spec with volumes throws `runtime.runtime.unsupported`. */
  volumes: boolean
  /** False: `ensure` of a spec with a schedule throws `runtime.runtime.unsupported`. */
  schedules: boolean
}

/**
 * Runs workloads and keeps them running. Desired state is the adapter's to remember: what was ensured runs until it is stopped, across
 * crashes of a replica and of the platform.
 *
 * Promises that every adapter keeps; `runtime-contract.ts` tests each, but for the crash, which the adapter's own tests provoke:
 * - `ensure` resolves when the wish is durable, not when it is fulfilled: look at `status`. The same spec again changes nothing. Calls at the
 *   same time for one workload end as if they had come one after the other.
 * - Another number of replicas starts or stops the difference. Any other difference (but `labels.changeId`) replaces the replicas one by one,
 *   the old one stopping only when its successor is ready: a workload that was ready stays reachable, also when the new spec never gets ready.
 * - A replica that ends is started again, with growing pauses (1 s to 60 s).
 * - `status` of an unknown workload is `absent`, of a stopped one `stopped`: no fault. `list` has the workloads that should run, by key.
 * - `stop` lets replicas finish their requests, asks them to stop, and ends them after `stopGraceSeconds`. It resolves when all have ended.
 *   Of an unknown or stopped workload it is a success. `ensure` after it starts the workload again.
 * - `restart` replaces all replicas as a changed spec would.
 * - A scheduled workload is `ready` while its newest run is good or there was none, and `failed` after one that was not. Each time has one run at most, over
 *   all releases of the component in the environment and all restarts; no two last at once; of times that were missed the newest is made up for.
 *   `restart` of it runs it now.
 * - `logs` has the lines of each replica in their order, those of past replicas included while they are kept; with `follow` it goes on until aborted.
 * - A vendor's failure becomes a fault of the catalogue; a secret is in no status, fault, or log line.
 */
export interface Runtime {
  /** Name of the adapter, e.g. `process`. */
  readonly name: string
  readonly capabilities: RuntimeCapabilities

  /** @throws `runtime.runtime.bad_spec`, `runtime.runtime.unsupported`; then nothing changed. */
  ensure(spec: WorkloadSpec): Promise<void>

  status(ref: WorkloadRef): Promise<WorkloadStatus>

  list(filter?: { component?: string | undefined; environment?: string | undefined }): Promise<WorkloadStatus[]>

  stop(ref: WorkloadRef): Promise<void>

  /** @param actor who asked, e.g. `user:default/ana`. @throws `runtime.runtime.not_found` when it does not run. */
  restart(ref: WorkloadRef, actor: string): Promise<void>

  /**
   * @param options `tailLines` past lines (default 200, 0 to 10 000), the newest ones; `follow` then goes on with new ones until it is aborted.
   * @throws `runtime.runtime.not_found` on the first step of the iteration.
   */
  logs(ref: WorkloadRef, options: { tailLines?: number | undefined; follow?: AbortSignal | undefined }): AsyncIterable<LogLine>
}

/** A replica that takes requests now. */
export interface Endpoint {
  readonly instance: string
  readonly host: string
  readonly port: number
  /** Version label of its release, `1`. */
  readonly version: string
  /** Counts a request in; call the result, once, when it has ended. A replica is not stopped before its requests have ended, or its grace has. */
  enter(): () => void
}

/** Where requests to a release may go. Answers from memory, as it is asked once per request. Empty: nothing is ready. */
export interface EndpointSource {
  readyEndpoints(ref: WorkloadRef): readonly Endpoint[]
}
