import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Effect } from './actions/index.ts'
import type { Rendered } from './creation-render.ts'
import type { RanStep } from './template-run.ts'

/** One step of a template in the details of its plan: what it said when it ran in memory, and which actions carry out what it wants. */
export interface StepDetails {
  id: string
  name: string
  action: string
  state: 'ran' | 'skipped' | 'held' | 'later'
  log: string[]
  /** Ids of planned actions. */
  actions: string[]
}

/** What the pages and events of a run show beside its actions; kept in the plan. */
export interface CreationDetails {
  steps: StepDetails[]
  output: JsonObject
}

const MAX_LOG_LINES = 200
const MAX_LINE = 2_000

/** Steps with several turns are one. Pure. */
export function detailsOf(rendered: Pick<Rendered, 'run'>, byEffect: readonly { effect: Effect; actions: readonly PlannedAction[] }[]): JsonObject {
  const steps = stepsOf(rendered.run.steps, (key) => byEffect.filter(({ effect }) => effect.step === key).flatMap((item) => item.actions.map(({ id }) => id)))
  return JSON.parse(JSON.stringify({ steps, output: rendered.run.output })) as JsonObject
}

/** Steps as they ran; those with several turns are one. Pure. */
export function stepsOf(rows: readonly RanStep[], actionsOf: (key: string) => string[] = () => []): StepDetails[] {
  const steps: StepDetails[] = []
  for (const row of rows) {
    const actions = actionsOf(row.key)
    const log = row.log.slice(0, MAX_LOG_LINES).map((line) => line.slice(0, MAX_LINE))
    const before = steps.at(-1)
    if (before?.id === row.id && row.key !== row.id) {
      before.log = [...before.log, ...log].slice(0, MAX_LOG_LINES)
      before.actions.push(...actions)
    } else steps.push({ id: row.id, name: row.name, action: row.action, state: row.state, log, actions })
  }
  return steps
}

/** The details of a plan; undefined for one that was made before there were any. */
export function readDetails(details: JsonObject | undefined): CreationDetails | undefined {
  return details === undefined || !Array.isArray(details['steps']) ? undefined : (details as unknown as CreationDetails)
}
