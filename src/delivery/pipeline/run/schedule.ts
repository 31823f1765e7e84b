import type { Conclusion, JobRecord, NeedResult } from './run.ts'

/** What the executor should do next with a run. */
export interface Schedule {
  /** Keys whose needs are over: their condition and matrix can be evaluated. */
  expandable: string[]
  /** Jobs that may start now, in order. */
  startable: string[]
  /** Running jobs to cancel, and queued jobs that will never start, because another of their matrix failed. */
  failedFast: string[]
  /** Set when nothing is left to do. */
  conclusion: Conclusion | undefined
}

/** Decides what a run needs next from its jobs alone: pure, so that a restart decides the same. */
export function decideSchedule(jobs: readonly JobRecord[]): Schedule {
  const keys = [...new Set(jobs.map((job) => job.key))]
  const isOver = (key: string): boolean => jobs.filter((job) => job.key === key).every((job) => job.state === 'completed')
  const expandable = keys.filter((key) => jobs.some((job) => job.key === key && !job.isExpanded && job.state === 'queued' && job.needs.every(isOver)))
  const failedFast = jobs.filter((job) => job.state !== 'completed' && hasFailedFast(jobs, job)).map((job) => job.id)
  const startable: string[] = []
  for (const key of keys) {
    const siblings = jobs.filter((job) => job.key === key && job.isExpanded)
    const running = siblings.filter((job) => job.state === 'running').length
    const room = (siblings[0]?.maxParallel ?? Number.POSITIVE_INFINITY) - running
    const queued = siblings.filter((job) => job.state === 'queued' && !failedFast.includes(job.id)).map((job) => job.id)
    startable.push(...queued.slice(0, Math.max(0, room)))
  }
  const isFinished = jobs.every((job) => job.state === 'completed')
  return { expandable, startable, failedFast, conclusion: isFinished ? concludeRun(jobs) : undefined }
}

function hasFailedFast(jobs: readonly JobRecord[], job: JobRecord): boolean {
  return job.isExpanded && job.isFailFast && jobs.some((other) => other.key === job.key && other.id !== job.id && hasFailed(other))
}

function hasFailed(job: JobRecord): boolean {
  return !job.isTolerated && (job.conclusion === 'failure' || job.conclusion === 'timed_out')
}

/** The worst of its jobs decides; a run where nothing ran is skipped. */
export function concludeRun(jobs: readonly Pick<JobRecord, 'conclusion' | 'isTolerated'>[]): Conclusion {
  const results = jobs.map(resultOf)
  for (const worst of ['failure', 'timed_out', 'cancelled'] as const) if (results.includes(worst)) return worst
  return results.length > 0 && results.every((result) => result === 'skipped') ? 'skipped' : 'success'
}

/** How a job counts for the run and for the jobs that need it. */
function resultOf(job: Pick<JobRecord, 'conclusion' | 'isTolerated'>): Conclusion {
  if (job.isTolerated && (job.conclusion === 'failure' || job.conclusion === 'timed_out')) return 'success'
  return job.conclusion ?? 'cancelled'
}

/** `needs` of a job: results and outputs by key. Of a matrix, the last job that gave an output wins, as at GitHub. */
export function needsOf(key: string, jobs: readonly JobRecord[]): Record<string, NeedResult> {
  const needs = jobs.find((job) => job.key === key)?.needs ?? []
  return Object.fromEntries(needs.map((need) => [need, needResult(jobs.filter((job) => job.key === need))]))
}

function needResult(jobs: readonly JobRecord[]): NeedResult {
  const finished = [...jobs].sort((a, b) => a.matrixIndex - b.matrixIndex)
  const outputs = Object.assign({}, ...finished.map((job) => job.outputs)) as Record<string, string>
  const result = concludeRun(finished)
  // Expressions know four results only.
  return { result: result === 'timed_out' ? 'failure' : result, outputs }
}

/** Results of all jobs that `key` depends on, near and far: what `success()` and `failure()` of a job look at. */
export function ancestorResults(key: string, jobs: readonly JobRecord[]): Conclusion[] {
  const seen = new Set<string>()
  const visit = (current: string): void => {
    for (const need of jobs.find((job) => job.key === current)?.needs ?? []) {
      if (seen.has(need)) continue
      seen.add(need)
      visit(need)
    }
  }
  visit(key)
  return [...seen].map((need) => concludeRun(jobs.filter((job) => job.key === need)))
}
