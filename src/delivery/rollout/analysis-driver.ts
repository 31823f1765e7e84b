import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import type { ApplyContext, Driver, Outcome } from '#kernel/common/driver'
import type { Logger } from '#kernel/node/log'
import { decideAnalysis } from './analysis-decision.ts'
import type { AnalysisRecord, AnalysisStore } from './analysis-store.ts'
import { parseInput, plannedAction } from './driver-input.ts'
import type { Counts } from './e-value.ts'
import type { HealthJudge } from './health-judge.ts'
import type { ReleaseProbe } from './probe-release.ts'

const inputSchema = z
  .strictObject({
    component: z.string().min(1),
    environment: z.string().min(1),
    release: z.string().min(1),
    version: z.string(),
    baseline: z.string().min(1).nullable(),
    host: z.string().nullable(),
    minSeconds: z.number().min(0),
    maxSeconds: z
      .number()
      .min(0)
      .max(7 * 86_400),
    probePath: z.string().startsWith('/').nullable(),
    target: z.number().gt(0).lt(1).nullable(),
  })
  .refine((input) => input.maxSeconds >= input.minSeconds, { path: ['maxSeconds'], message: 'must not be less than minSeconds' })

type AnalysisInput = z.output<typeof inputSchema>

/** At most 5 probes a second to each release. */
const ROUND_MS = 200
/** Evidence is fetched and probes are saved once in so many rounds. */
const ROUNDS_PER_LOOK = 3

/** What the analysis of a canary works with. */
export interface AnalysisDeps {
  judge: HealthJudge
  probe: ReleaseProbe
  store: Pick<AnalysisStore, 'begin' | 'saveProbes' | 'finish'>
  clock: Clock
  log: Logger
}

/**
 * Driver `analysis`: watches a release beside the one before, by the sequential test. Input `{ component, environment, release, version, baseline, host,
 * minSeconds, maxSeconds, probePath, target }`; the outcome is refused when the canary is worse. It sends its own probes to both, so that a service
 * without traffic is judged too, and says so. A canary without a ready replica fails its probes.
 *
 * Start and probes are kept under the effect's key: after a crash the analysis goes on where it was, and one that has ended answers the same again.
 */
export function analysisDriver(deps: AnalysisDeps): Driver {
  return {
    name: 'analysis',
    plan: async (request) => {
      const input = parseInput('analysis', inputSchema, request.desired)
      const title = `Watch ${input.component} v${input.version} in ${input.environment} for ${input.minSeconds} to ${input.maxSeconds} s`
      return plannedAction('analysis', request, { verb: 'run', title, concern: 'traffic' })
    },
    apply: async (action, context) => {
      const input = parseInput('analysis', inputSchema, action.input)
      const record = await deps.store.begin(context.key, deps.clock.now())
      if (record.outcome) return record.outcome
      const outcome = await watch(deps, input, record, context)
      await deps.store.finish(context.key, outcome)
      return outcome
    },
    // An analysis leaves nothing behind that could be observed or removed.
    observe: async () => ({ exists: false, fingerprint: '', state: {} }),
    remove: async () => {},
  }
}

async function watch(deps: AnalysisDeps, input: AnalysisInput, record: AnalysisRecord, context: ApplyContext): Promise<Outcome> {
  const { clock } = deps
  const target = input.target ?? (await objectiveOf(deps, input))
  const canaryProbes = { ...record.canaryProbes }
  const baselineProbes = { ...record.baselineProbes }
  let seen: { canary: Counts; baseline: Counts } = { canary: NOTHING, baseline: NOTHING }
  let shown = ''
  for (let round = 0; ; round++) {
    const startedAt = clock.now().getTime()
    await sendProbes(deps, input, canaryProbes, baselineProbes)
    const elapsedSeconds = (clock.now().getTime() - record.startedAt.getTime()) / 1_000
    if (round % ROUNDS_PER_LOOK === 0 || elapsedSeconds >= input.maxSeconds) {
      seen = (await look(deps, input, record.startedAt)) ?? seen
      await deps.store.saveProbes(context.key, canaryProbes, baselineProbes)
    }
    const decision = decideAnalysis({
      traffic: { canary: seen.canary, baseline: input.baseline === null ? null : seen.baseline },
      probes: input.probePath === null ? null : { canary: canaryProbes, baseline: input.baseline === null ? null : baselineProbes },
      target,
      elapsedSeconds,
      minSeconds: input.minSeconds,
      maxSeconds: input.maxSeconds,
    })
    if (decision.next === 'end') return decision.outcome
    if (decision.message !== shown) context.progress({ message: decision.message, percent: decision.percent })
    shown = decision.message
    await clock.sleep(Math.max(10, ROUND_MS - (clock.now().getTime() - startedAt)), context.signal)
  }
}

async function sendProbes(deps: AnalysisDeps, input: AnalysisInput, canary: Counts, baseline: Counts): Promise<void> {
  const { probePath } = input
  if (probePath === null) return
  const ask = async (release: string, counts: Counts, whenNothingIsReady: boolean | null): Promise<void> => {
    const isGood = (await deps.probe({ component: input.component, environment: input.environment, release }, probePath, input.host)) ?? whenNothingIsReady
    if (isGood === null) return
    counts.requests++
    if (!isGood) counts.errors++
  }
  await Promise.all([ask(input.release, canary, false), input.baseline === null ? undefined : ask(input.baseline, baseline, null)])
}

/** Undefined when observability can't be asked now: probes still speak, and the next look asks again. */
async function look(deps: AnalysisDeps, input: AnalysisInput, since: Date): Promise<{ canary: Counts; baseline: Counts } | undefined> {
  const evidence = async (release: string | null): Promise<Counts> =>
    release === null ? NOTHING : await deps.judge.evidence({ component: input.component, environment: input.environment, release, since })
  try {
    const [canary, baseline] = await Promise.all([evidence(input.release), evidence(input.baseline)])
    return { canary, baseline }
  } catch (error) {
    deps.log.warn('the evidence for an analysis can not be read now', {
      component: input.component,
      environment: input.environment,
      release: input.release,
      error,
    })
    return undefined
  }
}

async function objectiveOf(deps: AnalysisDeps, input: AnalysisInput): Promise<number | null> {
  const objective = await deps.judge.objective({ component: input.component, environment: input.environment }).catch(() => null)
  return objective?.target ?? null
}

const NOTHING: Counts = { requests: 0, errors: 0 }
