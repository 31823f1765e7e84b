import type { Clock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { LogLine, WorkloadRef } from '../runtime.ts'
import { restartBackOff, type BackOff } from './back-off.ts'
import { logLimits, type LogLimits } from './instance-log.ts'

/** What the process runtime needs of others. */
export interface ProcessRuntimeDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  /** Everything of the runtime lies in `<dataDir>/workloads`. */
  dataDir: string
  /** Value of a secret, by path. A fault keeps the replica from starting; it is tried again. */
  resolveSecret(path: string): Promise<Secret>
  /** Folder with the artifact's files, by digest: content-addressed, read-only by convention. */
  fetchArtifact(digest: string): Promise<string>
  /** Every line of every workload, once, as it is read. Must not throw and not block. */
  onLog(line: LogLine & { ref: WorkloadRef; version: string }): void
  /** Each run of a scheduled workload, when it has ended. Must not throw and not block. */
  onRun?: ((run: FinishedRun) => void) | undefined
  /** What replicas may inherit; `childEnvironment()` of the settings. */
  inheritedEnvironment: Readonly<Record<string, string>>
  /** Where replicas send telemetry, e.g. `http://127.0.0.1:7007`. */
  otlpEndpoint?: string | undefined
  /** More variables for a workload, e.g. the telemetry token as a secret. They win over what it is given, not over its own. */
  extraEnvironment?: ((ref: WorkloadRef) => Promise<Record<string, string | Secret>>) | undefined
  /** Folder of a volume. Without it, volumes are refused. */
  volumeFolder?: ((volumeId: string) => Promise<string>) | undefined
}

/** A run of a scheduled workload that has ended. */
export interface FinishedRun {
  ref: WorkloadRef
  version: string
  endedAt: Date
  durationMs: number
  isGood: boolean
}

/** Pauses and limits of the supervision; milliseconds. */
export interface ProcessTimings {
  /** Between readiness checks until the replica is ready for the first time. */
  startCheckMs: number
  /** Between checks of readiness, liveness and memory after that. */
  checkMs: number
  checkTimeoutMs: number
  /** How often an adopted process is looked at. */
  adoptedPollMs: number
  backOff: BackOff
  log: LogLimits
  /** How long the logs of a stopped workload are kept. */
  keepStoppedMs: number
}

/** The timings of a platform that is no test. */
export const processTimings: ProcessTimings = {
  startCheckMs: 50,
  checkMs: 2_000,
  checkTimeoutMs: 2_000,
  adoptedPollMs: 250,
  backOff: restartBackOff,
  log: logLimits,
  keepStoppedMs: 7 * 24 * 3_600_000,
}
