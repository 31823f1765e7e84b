import type { RunJob, RunStep } from '../../api/shapes.ts'

const isBad = (conclusion: RunJob['conclusion']): boolean => conclusion === 'failure' || conclusion === 'timed_out'

/** The job that a reader wants first: the one that failed, else the one that runs, else the last that ran. */
export function chooseJob(jobs: readonly RunJob[]): RunJob | undefined {
  return jobs.find((job) => isBad(job.conclusion)) ?? jobs.find((job) => job.state === 'running') ?? jobs.findLast((job) => job.startedAt !== null) ?? jobs[0]
}

/** The step that a reader wants first; undefined when none stands out. */
export function chooseStep(steps: readonly RunStep[]): RunStep | undefined {
  return steps.find((step) => isBad(step.conclusion)) ?? steps.find((step) => step.state === 'running')
}

/** Jobs in columns: each one right of all that it needs. Unknown needs count as none; a cycle can't make it loop. */
export function layersOf(jobs: readonly RunJob[]): RunJob[][] {
  const byKey = Map.groupBy(jobs, (job) => job.key)
  const known = new Map<string, number>()
  const depthOf = (key: string, path: readonly string[]): number => {
    const done = known.get(key)
    if (done !== undefined) return done
    if (path.includes(key)) return 0
    const needs = byKey.get(key)?.[0]?.needs.filter((need) => byKey.has(need)) ?? []
    const depth = needs.length === 0 ? 0 : 1 + Math.max(...needs.map((need) => depthOf(need, [...path, key])))
    known.set(key, depth)
    return depth
  }
  const layers: RunJob[][] = []
  for (const job of jobs) {
    const depth = depthOf(job.key, [])
    ;(layers[depth] ??= []).push(job)
  }
  return layers.filter((layer) => layer !== undefined)
}
