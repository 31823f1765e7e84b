import type { PlannedAction } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'

type Concern = PlannedAction['concern']

const concernTitles: Record<Concern, string> = {
  data: 'Data',
  traffic: 'Traffic',
  capacity: 'Capacity',
  access: 'Access',
  cost: 'Cost',
  code: 'Code',
}
const order: readonly Concern[] = ['data', 'access', 'traffic', 'capacity', 'code', 'cost']

const verbs = [
  ['create', 'creates', ''],
  ['alter', 'alters', ''],
  ['replace', 'replaces', ''],
  ['destroy', 'destroys', ''],
  ['run', 'runs', 'step'],
] as const

/** `creates 2, alters 1, destroys 1 with data loss`; `changes nothing` when every action is already so. */
export function describePlan(actions: readonly PlannedAction[]): string {
  const parts = verbs.flatMap(([verb, word, noun]) => {
    const count = actions.filter((action) => action.verb === verb).length
    return count === 0 ? [] : [noun === '' ? `${word} ${count}` : `${word} ${plural(count, noun)}`]
  })
  if (parts.length === 0) return 'changes nothing'
  const losses = actions.filter((action) => action.isDestructive === true).length
  return losses === 0 ? parts.join(', ') : `${parts.join(', ')}: ${losses === 1 ? 'one action' : `${losses} actions`} with data loss`
}

/** With a full stop, so that something can follow. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`
}

/** The plan in two sentences: its own summary, and what it does to how many things. */
export function planSentences(plan: { summary: string; actions: readonly PlannedAction[] }): [string, string] {
  return [sentence(plan.summary), `It ${describePlan(plan.actions)}.`]
}

/** The actions by what people care about, most delicate first; groups without actions are left out. */
export function groupByConcern(actions: readonly PlannedAction[]): { concern: Concern; title: string; actions: PlannedAction[] }[] {
  return order
    .map((concern) => ({ concern, title: concernTitles[concern], actions: actions.filter((action) => action.concern === concern) }))
    .filter((group) => group.actions.length > 0)
}

/** What must be typed before a plan that can lose data goes on; null for a harmless one. */
export function dangerWord(actions: readonly PlannedAction[]): string | null {
  const action = actions.find((each) => each.isDestructive === true)
  return action === undefined ? null : action.target
}
