import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { DiskBlobStore } from '#kernel/node/blob'
import type { Database } from '#kernel/node/database'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger, type Logger } from '#kernel/node/log'
import { MemoryPipelineSource } from './memory-pipeline-source.ts'
import { createPipelines, type PipelineDeps, type Pipelines } from './pipeline.ts'
import type { Run } from './run/run.ts'

/** A whole pipeline feature on a database, with repositories in memory. For tests. */
export interface PipelineFixture extends AsyncDisposable {
  pipelines: Pipelines
  source: MemoryPipelineSource
  journal: MemoryJournal
  dataDir: string
  finished: Run[]
  /** Commits one workflow to a repository and pushes it. */
  push(workflow: string, options?: PushOptions): Promise<Run>
  /** Resolves when the run is over. */
  done(run: Run): Promise<Run>
  /** All lines of all jobs, in order. */
  log(run: Run): Promise<string>
}

interface PushOptions {
  repository?: string
  branch?: string
  files?: Readonly<Record<string, string>>
  message?: string
}

export async function createPipelineFixture(db: Database, overrides: Partial<PipelineDeps> = {}): Promise<PipelineFixture> {
  const dataDir = overrides.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'pipeline-')))
  const source = (overrides.source as MemoryPipelineSource | undefined) ?? new MemoryPipelineSource()
  const journal = new MemoryJournal()
  const finished: Run[] = []
  const log: Logger = overrides.log ?? silentLogger
  const pipelines = createPipelines({
    db,
    journal,
    clock: systemClock,
    log,
    blobs: await DiskBlobStore.open(path.join(dataDir, 'blobs')),
    dataDir,
    publicUrl: 'http://127.0.0.1:7007',
    source,
    secretsFor: async () => ({ TOKEN: new Secret('s3cr3t-t0ken-value') }),
    variablesOf: async () => ({ REGION: 'local' }),
    componentOf: async (repository) => repository.split('/')[1],
    onRunFinished: async (run) => {
      finished.push(run)
      return undefined
    },
    ...overrides,
  })
  const running = pipelines.start()
  const get = async (run: Run): Promise<Run> => await pipelines.engine.get(run.id)
  return {
    pipelines,
    source,
    journal,
    dataDir,
    finished,
    push: async (workflow, options = {}) => {
      const { repository = 'acme/orders', branch = 'main', files = {}, message = 'A commit' } = options
      const after = source.commit(repository, { '.github/workflows/ci.yml': workflow, ...files }, { branch, message })
      const [run] = await pipelines.onPush({ repository, ref: `refs/heads/${branch}`, before: '0'.repeat(40), after, pusher: 'user:default/ana' })
      if (!run) throw new Error('the push started nothing')
      return run
    },
    done: async (run) => {
      for (let current = await get(run); ; current = await get(run)) {
        if (current.state === 'completed') return current
        await systemClock.sleep(10)
      }
    },
    log: async (run) => {
      const current = await get(run)
      const pages = await Promise.all(current.jobs.map(async (job) => await pipelines.engine.logs(run.id, job.id, { from: 1, limit: 5_000 })))
      return pages.flatMap((page) => page.lines.map((line) => line.text)).join('\n')
    },
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      if (overrides.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
