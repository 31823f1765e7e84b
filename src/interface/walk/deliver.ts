import type { Client, Operations } from '#contract'
import type { Change } from '../cli/change-view.ts'
import { followChange, isSettled } from '../cli/follow-change.ts'
import type { WalkProgress } from './progress.ts'
import { waitFor } from './wait-for.ts'

export type Run = Operations['runs.get']['output']
export type Release = Operations['releases.get']['output']

/** What the stages of a delivery share. */
export interface Delivery {
  component: string
  repository: string
  progress: WalkProgress
  signal: AbortSignal
}

const PIPELINE_BUDGET_MS = 10 * 60_000
const RELEASE_BUDGET_MS = 60_000

/** Waits until the push's pipeline run is over and its release is made. @throws Error when the run is red, naming the step. */
export async function awaitRelease(client: Client, delivery: Delivery, commit: string): Promise<{ run: Run; release: Release; isFresh: boolean }> {
  const { progress, signal } = delivery
  const known = await findRelease(client, delivery, commit)
  const found = await waitFor('a pipeline run', async () => await findRun(client, delivery, commit), { budgetMs: 30_000, signal })
  const run = await waitFor(
    'the end of the pipeline run',
    async () => {
      const current = await client.call('runs.get', { params: { id: found.id } })
      const step = current.jobs.flatMap((job) => job.steps).find((candidate) => candidate.state === 'running')
      progress.detail(step ? step.name : current.state)
      return current.state === 'completed' ? current : undefined
    },
    { budgetMs: PIPELINE_BUDGET_MS, signal, pauseMs: 250 },
  )
  if (run.conclusion !== 'success') throw new Error(`pipeline run ${run.id} ended with ${run.conclusion}${failingStep(run)}`)
  const release = await waitFor('the release', async () => await findRelease(client, delivery, commit), { budgetMs: RELEASE_BUDGET_MS, signal })
  return { run, release, isFresh: known === undefined }
}

async function findRun(client: Client, delivery: Delivery, commit: string): Promise<{ id: string } | undefined> {
  const { items } = await client.call('runs.list', { query: { repository: delivery.repository, limit: 50 } })
  return items.find((run) => run.commit === commit)
}

async function findRelease(client: Client, delivery: Delivery, commit: string): Promise<Release | undefined> {
  const { items } = await client.call('releases.list', { query: { component: delivery.component, limit: 50 } })
  return items.find((release) => release.commit === commit)
}

function failingStep(run: Run): string {
  for (const job of run.jobs) {
    const step = job.steps.find((candidate) => candidate.conclusion === 'failure')
    if (step) return ` in "${step.name}" of job "${job.name}"; see /pipelines/${run.id}`
  }
  const annotation = run.jobs.flatMap((job) => job.annotations).find((candidate) => candidate.level === 'error')
  return annotation ? `: ${annotation.message}` : ''
}

/** Asks for a deployment; the key makes asking again after a crash the same change. */
export async function deploy(client: Client, delivery: Delivery, target: { environment: string; release: Release; key: string }): Promise<Change> {
  const body = {
    component: delivery.component,
    environment: target.environment,
    release: target.release.id,
    reason: `First walk: v${target.release.version} to ${target.environment}`,
  }
  return await client.call('deployments.create', { body }, { idempotencyKey: target.key })
}

/** Follows a change to its end, or to where it waits for a person. */
export async function settle(client: Client, delivery: Delivery, change: Change, options: { throughWaiting?: boolean } = {}): Promise<Change> {
  return await followChange(client, change.id, {
    signal: delivery.signal,
    safetyMs: 200,
    until: (current) => isSettled(current.state) || (current.state === 'waiting' && options.throughWaiting !== true),
    onUpdate: (current) => {
      const step = current.steps.find((candidate) => candidate.state === 'running')
      delivery.progress.detail(step ? `${step.title}${step.message ? `: ${step.message}` : ''}` : current.state.replaceAll('_', ' '))
    },
  })
}

/** Seconds of a run that the user's own commands took. */
export function userSecondsOfRun(run: Run): number {
  const steps = run.jobs.flatMap((job) => job.steps).filter((step) => step.kind === 'run')
  return steps.reduce((sum, step) => sum + secondsBetween(step.startedAt, step.finishedAt), 0)
}

/** Seconds of a change that the service took to start and that the rollout was told to watch. */
export function userSecondsOfChange(change: Change): number {
  const steps = change.steps.filter((step) => step.driver === 'workload' || step.driver === 'analysis' || step.driver === 'retire')
  return steps.reduce((sum, step) => sum + secondsBetween(step.startedAt, step.finishedAt), 0) + (change.timings.waitMs ?? 0) / 1000
}

export function secondsBetween(from: string | null, to: string | null): number {
  return from === null || to === null ? 0 : Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000)
}
