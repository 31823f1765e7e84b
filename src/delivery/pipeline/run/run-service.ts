import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { PipelineSource } from '../pipeline-source.ts'
import type { RunnerCapabilities } from '../workflow/check-workflow.ts'
import { resolveInputs } from '../workflow/dispatch-inputs.ts'
import { parseWorkflow } from '../workflow/parse-workflow.ts'
import { repositoryPayload } from './github-context.ts'
import { prepareRun, type RunSeed } from './prepare-run.ts'
import { runEvent } from './progress-store.ts'
import { toRunRecord } from './run-rows.ts'
import { findRunIdByKey, findRunRow, insertRun, loadRuns } from './run-store.ts'
import type { Run, StartRequest } from './run.ts'

/** What starting, cancelling and repeating runs works with. */
export interface RunServiceDeps {
  db: Database
  journal: Journal
  clock: Clock
  source: PipelineSource
  publicUrl: string
  capabilities: RunnerCapabilities
  /** Catalog name of the component that a repository builds, if there is one. */
  componentOf?: (repository: string) => Promise<string | undefined>
  /** `vars` of expressions. */
  variablesOf?: (repository: string) => Promise<Record<string, string>>
  /** Something can be run. */
  wake: () => void
  /** A run of this process was asked to stop. */
  cancelled: (runId: string) => void
}

/** Starts, stops and repeats runs; the executor does the work. */
export class RunService {
  readonly #deps: RunServiceDeps

  constructor(deps: RunServiceDeps) {
    this.#deps = deps
  }

  /** See `PipelineEngine.start`. */
  async start(request: StartRequest): Promise<Run> {
    const { source } = this.#deps
    const file = request.workflowFile.includes('/') ? request.workflowFile : `.github/workflows/${request.workflowFile}`
    const described = await source.describe(request.repository)
    if (!described) throw pipelineFaults.unknown_source({ repository: request.repository, what: 'the repository' })
    const resolved = await source.resolve(request.repository, request.commit)
    if (!resolved) throw pipelineFaults.unknown_source({ repository: request.repository, what: `the commit "${request.commit}"` })
    const text = await source.readFile(request.repository, request.commit, file)
    if (text === undefined) throw pipelineFaults.unknown_source({ repository: request.repository, what: `the workflow "${file}"` })
    const ref = request.ref.startsWith('refs/') ? request.ref : `refs/heads/${request.ref}`
    const inputs = await this.#inputsOf(request, file, text)
    const isDefaultBranch = ref === `refs/heads/${described.defaultBranch}`
    const payload = request.payload ?? { ref, inputs, repository: repositoryPayload(request.repository, described.defaultBranch) }
    return await this.create({
      repository: request.repository,
      workflow: file,
      source: text,
      event: request.event,
      payload,
      inputs,
      ref,
      isDefaultBranch,
      commit: request.commit,
      commitMessage: resolved.message,
      actor: request.actor,
      component: (await this.#deps.componentOf?.(request.repository)) ?? null,
      variables: (await this.#deps.variablesOf?.(request.repository)) ?? {},
      dedupeKey: request.idempotencyKey ?? null,
    })
  }

  async #inputsOf(request: StartRequest, file: string, text: string) {
    if (request.event !== 'workflow_dispatch') return {}
    const { workflow } = await parseWorkflow(file, text)
    if (!workflow) return {}
    const dispatch = workflow.on.workflow_dispatch
    if (dispatch === undefined) throw pipelineFaults.not_triggered({ workflow: file, event: request.event })
    const { values, problems } = resolveInputs(dispatch.inputs, request.inputs ?? {})
    if (problems.length > 0) {
      const what = problems.map((problem) => `${problem.field} ${problem.message}`).join('; ')
      throw pipelineFaults.wrong_inputs({ workflow: file, what }, { errors: problems })
    }
    return values
  }

  /** Records a run. Of a key that is taken, answers the run that has it. */
  async create(seed: RunSeed): Promise<Run> {
    const { db, clock, publicUrl, capabilities } = this.#deps
    const existing = seed.dedupeKey === null ? undefined : await findRunIdByKey(db, seed.dedupeKey)
    if (existing !== undefined) return await this.get(existing)
    const prepared = await prepareRun(seed, { clock, publicUrl, capabilities })
    const stopped = await db.transaction().execute(async (tx) => {
      const superseded = await this.#makeRoom(tx, prepared.run.repository, prepared.run.concurrency_group, prepared.cancelsInProgress)
      const number = await insertRun(tx, prepared.run, prepared.jobs)
      if (number === undefined) return undefined
      const record = { ...seed, id: prepared.run.id, number, attempt: 1, branch: prepared.run.branch }
      await this.#deps.journal.append(tx, runEvent('queued', record, {}))
      if (prepared.run.conclusion !== null) await this.#deps.journal.append(tx, runEvent('finished', record, { conclusion: prepared.run.conclusion }))
      return superseded
    })
    if (stopped === undefined) return await this.get((await findRunIdByKey(db, seed.dedupeKey ?? '')) ?? prepared.run.id)
    for (const id of stopped) this.#deps.cancelled(id)
    this.#deps.wake()
    return await this.get(prepared.run.id)
  }

  /**
   * A concurrency group has one run at work and one that waits: a newer one takes the place of the waiting one, and of the one at work
   * too when it says `cancel-in-progress`. @returns the runs at work that have to stop.
   */
  async #makeRoom(tx: Transaction, repository: string, group: string | null, cancelsInProgress: boolean): Promise<string[]> {
    if (group === null) return []
    await sql`select pg_advisory_xact_lock(hashtextextended(${`concurrency ${repository} ${group}`}, 0))`.execute(tx)
    const { rows } = await sql<{ id: string; is_waiting: boolean }>`
      select id, executor is null as is_waiting from pipeline_run where repository = ${repository} and concurrency_group = ${group} and state <> 'completed' for update`.execute(
      tx,
    )
    for (const row of rows) if (row.is_waiting) await this.#cancelWaiting(tx, row.id, 'a newer run of its concurrency group took its place')
    const working = cancelsInProgress ? rows.filter((row) => !row.is_waiting).map((row) => row.id) : []
    for (const id of working)
      await sql`update pipeline_run set cancel_requested_at = coalesce(cancel_requested_at, ${this.#deps.clock.now()}) where id = ${id}`.execute(tx)
    return working
  }

  async #cancelWaiting(tx: Transaction, id: string, why: string): Promise<void> {
    const row = await findRunRow(tx, id)
    if (!row) return
    const now = this.#deps.clock.now()
    const annotations = JSON.stringify([{ level: 'notice', message: `Cancelled before it started: ${why}.` }])
    await sql`update pipeline_run set state = 'completed', conclusion = 'cancelled', finished_at = ${now}, cancel_requested_at = ${now},
      executor = null, lease_until = null, annotations = annotations || ${annotations}::jsonb where id = ${id}`.execute(tx)
    await sql`update pipeline_job set state = 'completed', conclusion = 'cancelled', finished_at = ${now} where run_id = ${id} and state <> 'completed'`.execute(
      tx,
    )
    await this.#deps.journal.append(tx, runEvent('finished', toRunRecord(row), { conclusion: 'cancelled' }))
  }

  async get(id: string): Promise<Run> {
    const [run] = await loadRuns(this.#deps.db, [id])
    if (!run) throw pipelineFaults.not_found({ id })
    return run
  }

  /** See `PipelineEngine.cancel`. */
  async cancel(id: string, actor: string): Promise<Run> {
    const isAtWork = await this.#deps.db.transaction().execute(async (tx) => {
      await sql`select 1 from pipeline_run where id = ${id} for update`.execute(tx)
      const row = await findRunRow(tx, id)
      if (!row) throw pipelineFaults.not_found({ id })
      if (row.state === 'completed') throw pipelineFaults.not_active({ id, conclusion: row.conclusion ?? 'completed' })
      if (row.cancel_requested_at !== null) return true
      await this.#deps.journal.append(tx, { ...runEvent('cancel-requested', toRunRecord(row), {}), actor })
      if (row.executor === null) {
        await this.#cancelWaiting(tx, id, `${actor} asked for it`)
        return false
      }
      await sql`update pipeline_run set cancel_requested_at = ${this.#deps.clock.now()} where id = ${id}`.execute(tx)
      return true
    })
    if (isAtWork) this.#deps.cancelled(id)
    this.#deps.wake()
    return await this.get(id)
  }

  /** See `PipelineEngine.rerun`. */
  async rerun(id: string, actor: string, options: { onlyFailed?: boolean } = {}): Promise<Run> {
    const { db, clock } = this.#deps
    const row = await findRunRow(db, id)
    if (!row) throw pipelineFaults.not_found({ id })
    if (row.state !== 'completed') throw pipelineFaults.still_active({ id })
    const seed: RunSeed = { ...toRunRecord(row), component: row.component, dedupeKey: null, variables: (await this.#deps.variablesOf?.(row.repository)) ?? {} }
    const prepared = await prepareRun(seed, { clock, publicUrl: this.#deps.publicUrl, capabilities: this.#deps.capabilities })
    if (prepared.run.conclusion !== null) {
      const what = prepared.run.annotations.map((annotation) => `${annotation.file}:${annotation.line}: ${annotation.message}`).join('; ')
      throw pipelineFaults.invalid_workflow({ file: row.workflow, what })
    }
    const stopped = await db.transaction().execute(async (tx) => {
      const superseded = await this.#makeRoom(tx, row.repository, prepared.run.concurrency_group, prepared.cancelsInProgress)
      const reset =
        await sql`update pipeline_run set state = 'queued', conclusion = null, attempt = attempt + 1, annotations = '[]', started_at = null, finished_at = null,
        cancel_requested_at = null, executor = null, lease_until = null, finish_due_at = null, finish_attempts = 0 where id = ${id} and state = 'completed'`.execute(
          tx,
        )
      if (reset.numAffectedRows !== 1n) throw pipelineFaults.still_active({ id })
      await this.#resetJobs(tx, id, prepared.jobs, options.onlyFailed === true)
      await this.#deps.journal.append(tx, { ...runEvent('queued', { ...toRunRecord(row), attempt: row.attempt + 1 }, {}), actor })
      return superseded
    })
    for (const other of stopped) this.#deps.cancelled(other)
    this.#deps.wake()
    return await this.get(id)
  }

  /** Green jobs stay when only the failed are asked for; everything that needs a failed one failed or was skipped itself. */
  async #resetJobs(
    tx: Transaction,
    runId: string,
    jobs: readonly { id: string; key: string; name: string; position: number; needs: readonly string[] }[],
    onlyFailed: boolean,
  ): Promise<void> {
    const { rows } = await sql<{ key: string }>`
      select key from pipeline_job where run_id = ${runId} group by key having bool_and(conclusion = 'success')`.execute(tx)
    const kept = onlyFailed ? rows.map((row) => row.key) : []
    await sql`delete from pipeline_job where run_id = ${runId} and not (key = any(${kept}))`.execute(tx)
    if (!onlyFailed) await sql`delete from pipeline_artifact where run_id = ${runId}`.execute(tx)
    for (const job of jobs.filter((candidate) => !kept.includes(candidate.key)))
      await sql`insert into pipeline_job (id, run_id, key, name, position, needs, state) values
        (${newId('job')}, ${runId}, ${job.key}, ${job.name}, ${job.position}, ${JSON.stringify(job.needs)}, 'queued')`.execute(tx)
  }
}
