import path from 'node:path'
import type { Clock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import type { BlobStore } from '#kernel/node/blob'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import { ArtifactStore } from './action/artifact-store.ts'
import { FairwayPipelineEngine } from './fairway-pipeline-engine.ts'
import { LogSignal } from './log/log-signal.ts'
import type { PipelineSource } from './pipeline-source.ts'
import { startFinisher } from './run/finisher.ts'
import { startRunsOfPullRequest, startRunsOfPush, type PullRequestEvent, type Push, type TriggerDeps } from './run/push.ts'
import { runRoutes } from './run/run-routes.ts'
import { newestRunsOf } from './run/newest-runs.ts'
import { RunService } from './run/run-service.ts'
import type { Run } from './run/run.ts'
import { startExecutor, type Executor } from './runner/executor.ts'

/** What pipelines are made with. */
export interface PipelineDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  blobs: BlobStore
  /** Logs, workspaces and caches lie below it. */
  dataDir: string
  /** Where people reach the platform, e.g. `http://127.0.0.1:7007`. */
  publicUrl: string
  source: PipelineSource
  /** `secrets` of expressions for a repository; every value is masked in its logs. */
  secretsFor: (repository: string) => Promise<Record<string, Secret>>
  /** `vars` of expressions. */
  variablesOf?: (repository: string) => Promise<Record<string, string>>
  /** Catalog name of the component that a repository builds. */
  componentOf?: (repository: string) => Promise<string | undefined>
  /** Makes something of a green run on the default branch; at least once, so it must be idempotent by the run's id. See `startPipeline`. */
  onRunFinished: (run: Run) => Promise<{ release?: string } | undefined>
  /** Folder of tools that the platform installed itself, such as `tofu`; `setup-…` actions look there before `PATH`. */
  toolsDir?: string
  /** Jobs at once. Default 2. */
  concurrency?: number
}

/** The pipeline engine with its routes. Runs wait until `start`. */
export interface Pipelines {
  engine: FairwayPipelineEngine
  routes: Route[]
  /** Starts the runs of a push; told again of the same push it starts nothing more. */
  onPush(push: Push): Promise<Run[]>
  onPullRequest(pull: PullRequestEvent): Promise<Run[]>
  /** The newest run of each workflow and event at a commit, the newest first. */
  runsOfCommit(repository: string, commit: string): Promise<Run[]>
  /** Unpacks an artifact of a run below `folder`. @returns the names of its files. @throws `delivery.pipeline.artifact_not_found`. */
  unpackArtifact(runId: string, name: string, folder: string): Promise<string[]>
  /** Starts to take runs from the queue, and to tell of finished ones. Until then runs only wait. */
  start(): AsyncDisposable
}

/** The pipeline feature. Nothing runs before `start`. */
export function createPipelines(deps: PipelineDeps): Pipelines {
  const logSignal = new LogSignal()
  const artifacts = new ArtifactStore(deps)
  const logFile = (runId: string, jobId: string): string => path.join(deps.dataDir, 'logs', 'runs', runId, `${jobId}.log`)
  let executor: Executor | undefined
  const service = new RunService({ ...deps, capabilities: { containers: false }, wake: () => executor?.wake(), cancelled: (id) => executor?.cancel(id) })
  const engine = new FairwayPipelineEngine({ service, logSignal, logFile })
  const triggers: TriggerDeps = { ...deps, service }
  return {
    engine,
    routes: runRoutes({ db: deps.db, engine, source: deps.source, artifacts }),
    onPush: async (push) => await startRunsOfPush(push, triggers),
    onPullRequest: async (pull) => await startRunsOfPullRequest(pull, triggers),
    runsOfCommit: async (repository, commit) => await newestRunsOf(deps.db, repository, commit),
    unpackArtifact: async (runId, name, folder) => await artifacts.unpack(runId, name, folder),
    start: () => {
      const stack = new AsyncDisposableStack()
      const finisher = stack.use(startFinisher(deps))
      const cacheDir = path.join(deps.dataDir, 'cache')
      const services = { source: deps.source, artifacts, cacheDir, clock: deps.clock, ...(deps.toolsDir === undefined ? {} : { toolsDir: deps.toolsDir }) }
      executor = stack.use(
        startExecutor({
          ...deps,
          concurrency: deps.concurrency ?? 2,
          logSignal,
          logFile,
          services,
          toolCache: path.join(cacheDir, 'tools'),
          runFinished: () => finisher.wake(),
        }),
      )
      stack.defer(() => {
        executor = undefined
      })
      return stack
    },
  }
}
