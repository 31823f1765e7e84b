import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { ApprovalRule, DraftPlan } from '#platform/change'
import type { Effect } from './actions/index.ts'
import { actionsOf, placeText, recipe, shell, type ActionContext, type Author } from './creation-actions.ts'
import type { CreationInput } from './creation-input.ts'
import type { Rendered } from './creation-render.ts'
import { detailsOf } from './creation-details.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'

/** Id of the action that goes on where a template needs what an effect said. */
const CONTINUATION = 'continue'

/**
 * Turns what a template made into a plan: its effects one after another, and what takes back those that are ours. Approvals are gates, unless an
 * earlier attempt has passed them (`done`, by effect id). Pure.
 * @throws `platform.scaffolder.step_failed` when people would have to agree to what is not known yet.
 */
export function planCreation(rendered: Rendered, input: CreationInput, author: Author, done: ReadonlySet<string> = new Set()): DraftPlan {
  const { run } = rendered
  const context: ActionContext = { input, templateTitle: rendered.title, author }
  const late = run.held === undefined ? undefined : run.steps.find((step) => step.state !== 'ran' && step.action === 'approval:wait')
  if (run.held && late)
    throw scaffolderFaults.step_failed({
      step: late.id,
      what: `it would ask people to agree after "${run.held.effect}" has said its ${run.held.field}; put it before that`,
    })
  const byEffect = rendered.effects.map((effect) => ({ effect, actions: actionsOf(effect, context) }))
  const actions = chained([
    ...byEffect.flatMap((item) => item.actions),
    ...(run.held || (!run.isOutputWhole && byEffect.length > 0) ? [continuation(rendered, context, byEffect)] : []),
  ])
  const gates = Object.fromEntries(
    rendered.effects.flatMap((effect): [string, ApprovalRule][] =>
      effect.kind === 'approval' && !done.has(effect.id) ? [[`approval:${effect.id}`, ruleOf(effect)]] : [],
    ),
  )
  const isKept = input.onFailure === 'keep'
  return {
    summary: summaryOf(rendered),
    actions,
    rollback: isKept ? [] : undoing(rendered, context),
    costCentsPerMonth: 0,
    approval: null,
    unchanged: actions.length === 0,
    ...(Object.keys(gates).length === 0 ? {} : { gates }),
    details: detailsOf(rendered, byEffect),
  }
}

/** The plan of taking back what a task has made: as the rollback of a creation, but asked for. Pure. */
export function planUndo(rendered: Rendered, input: CreationInput, author: Author): DraftPlan {
  const actions = undoing(rendered, { input, templateTitle: rendered.title, author })
  return {
    summary: actions.length === 0 ? 'There is nothing to take back' : `Take back what was made from "${rendered.title}" and is still ours`,
    actions,
    rollback: [],
    costCentsPerMonth: 0,
    approval: null,
    unchanged: actions.length === 0,
  }
}

/** Each action after the one before: a template's effects come in its order. */
function chained(actions: readonly PlannedAction[]): PlannedAction[] {
  return actions.map((action, index) => ({ ...action, dependsOn: index === 0 ? [] : [actions[index - 1]?.id ?? ''] }))
}

function ruleOf(effect: Extract<Effect, { kind: 'approval' }>): ApprovalRule {
  return {
    required: Math.max(1, effect.required),
    groups: [...effect.groups],
    separationOfDuties: true,
    reason: effect.message === '' ? `the step "${effect.step}" asks for it` : effect.message,
  }
}

function continuation(rendered: Rendered, context: ActionContext, byEffect: readonly { effect: Effect; actions: readonly PlannedAction[] }[]): PlannedAction {
  const { held } = rendered.run
  return {
    ...shell(CONTINUATION, 'continue', `task/${context.input.taskId ?? 'plan'}`),
    verb: 'run',
    title: held ? `Go on from the step "${held.step}", which needs the ${held.field} that "${held.effect}" gives` : 'Put together what the template gives back',
    input: {
      ...recipe(context),
      title: rendered.title,
      author: { ...context.author },
      effects: Object.fromEntries(byEffect.map(({ effect, actions }) => [effect.id, actions.at(-1)?.id ?? ''])),
      ...(context.input.taskId === undefined ? {} : { task: context.input.taskId }),
    },
  }
}

function undoing(rendered: Rendered, { input, author }: ActionContext): PlannedAction[] {
  const task: JsonObject = input.taskId === undefined ? {} : { task: input.taskId }
  const made = rendered.effects.filter((effect) => effect.kind === 'repository')
  const known = made.flatMap((effect): PlannedAction[] => {
    const repository = placeText(effect)
    const registrations = rendered.effects.filter((candidate) => candidate.kind === 'register' && candidate.repository === repository)
    return [
      {
        ...shell(`repository:${repository}`, 'repository', `repository/${repository}`),
        verb: 'destroy',
        title: `Delete the repository ${repository}, if this change made it`,
        input: { ...(effect.host === '' ? {} : { host: effect.host }), owner: effect.owner, name: effect.name, actor: author.ref, ...task },
      },
      ...registrations.flatMap((registration): PlannedAction[] =>
        registration.kind !== 'register'
          ? []
          : [
              {
                ...shell(`register:${repository}`, 'register', `entity/${registration.ref ?? repository}`),
                verb: 'destroy',
                title: `Take ${registration.ref ?? repository} out of the catalog`,
                dependsOn: [`repository:${repository}`],
                input: { repository, branch: registration.branch, ...(registration.ref === undefined ? {} : { ref: registration.ref }), ...task },
              },
            ],
      ),
    ]
  })
  if (!rendered.run.held) return known
  return [
    {
      ...shell(CONTINUATION, 'continue', `task/${input.taskId ?? 'plan'}`),
      verb: 'destroy',
      title: 'Delete the repositories that later steps have made, if this change made them',
      input: { actor: author.ref, known: made.map(placeText), ...task },
    },
    ...known,
  ]
}

function summaryOf(rendered: Rendered): string {
  const { effects } = rendered
  const made = effects.filter((effect) => effect.kind === 'repository')
  if (made.length === 0)
    return effects.length === 0 ? `Nothing is made: "${rendered.title}" publishes no repository` : `Carry out ${effects.length} steps of "${rendered.title}"`
  const fileCount = made.reduce((count, effect) => count + effect.files.length, 0)
  return `Create ${made.map(placeText).join(', ')} with ${fileCount} files from "${rendered.title}"`
}
