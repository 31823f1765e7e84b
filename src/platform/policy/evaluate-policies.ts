import type { PlannedAction } from '#kernel/common/driver'
import type { Json, JsonObject } from '#kernel/common/json'
import type { DraftPlan, PolicyVerdict } from '#platform/change'
import { compileExpression, toBindings, withBinding, type Bindings, type Evaluation } from './expression.ts'
import type { Policy } from './policy.ts'

/** What policies may know besides the plan. A fact that there is none of is null. */
export interface PolicyContext {
  change: { kind: string; title: string; requestedBy: string; reason: string | null }
  component: JsonObject | null
  environment: JsonObject | null
  release: JsonObject | null
}

/** Names that `match` is compared with. */
interface PolicySubject {
  kind: string
  environment: string | undefined
}

/**
 * Judges a plan by every policy that applies to it, in the order of their names: pure, and the same answer each time. An expression that
 * errors, or that would take too long, counts as violated, and its verdict says why.
 */
export function evaluatePolicies(plan: DraftPlan, policies: readonly Policy[], context: PolicyContext): PolicyVerdict[] {
  const environment = context.environment?.['name']
  const subject: PolicySubject = { kind: context.change.kind, environment: typeof environment === 'string' ? environment : undefined }
  const planValue = plan as unknown as JsonObject
  const shared = toBindings({
    plan: planValue,
    change: context.change,
    component: context.component,
    environment: context.environment,
    release: context.release,
  })
  return [...policies]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .filter((policy) => appliesTo(policy, subject))
    .flatMap((policy) => {
      if (!isPerAction(policy)) return judge(policy, withBinding(shared, 'action', null), undefined)
      return actionsOf(policy, plan).flatMap((action) => {
        const own = toBindings({ action: action as unknown as Json })
        return judge(policy, { values: { ...shared.values, ...own.values }, longest: Math.max(shared.longest, own.longest) }, action.id)
      })
    })
}

function appliesTo(policy: Policy, subject: PolicySubject): boolean {
  const { kinds, environments } = policy.match
  return (
    (kinds === undefined || kinds.includes(subject.kind)) &&
    (environments === undefined || (subject.environment !== undefined && environments.includes(subject.environment)))
  )
}

/** A policy that selects actions, or that speaks of `action`, is asked about each. */
function isPerAction(policy: Policy): boolean {
  if (policy.match.verbs !== undefined || policy.match.drivers !== undefined) return true
  const sources = [...policy.variables.map((variable) => variable.expression), ...policy.validations.map((validation) => validation.expression)]
  return sources.some((source) => {
    const compilation = compileExpression(source)
    return compilation.outcome === 'compiled' && compilation.expression.names.includes('action')
  })
}

function actionsOf(policy: Policy, plan: DraftPlan): PlannedAction[] {
  const { verbs, drivers } = policy.match
  return plan.actions.filter((action) => (verbs === undefined || verbs.includes(action.verb)) && (drivers === undefined || drivers.includes(action.driver)))
}

function judge(policy: Policy, bindings: Bindings, actionId: string | undefined): PolicyVerdict[] {
  const { bindings: all, missing } = withVariables(policy, bindings)
  const verdict = (outcome: PolicyVerdict['outcome'], message: string): PolicyVerdict => ({
    policy: policy.name,
    outcome,
    message,
    ...(actionId === undefined ? {} : { actionId }),
  })
  const violations = policy.validations.flatMap((validation) => {
    const message = violationOf(validation, all)
    return message === undefined ? [] : [verdict(policy.effect === 'deny' ? 'denied' : 'warned', [message, ...missing].join('; '))]
  })
  return violations.length > 0 ? violations : [verdict('allowed', policy.description)]
}

/** A variable that errors is absent; what needs it errors too, and says why. Each sees those before it. */
function withVariables(policy: Policy, bindings: Bindings): { bindings: Bindings; missing: string[] } {
  const missing: string[] = []
  let variables: Record<string, unknown> = {}
  let all = withBinding(bindings, 'variables', variables)
  for (const { name, expression } of policy.variables) {
    const evaluation = evaluateSource(expression, all)
    if (evaluation.outcome === 'error') missing.push(`variable "${name}": ${evaluation.message}`)
    else {
      variables = { ...variables, [name]: evaluation.value }
      all = withBinding(all, 'variables', variables, evaluation.value)
    }
  }
  return { bindings: all, missing }
}

/** Why a validation does not hold; undefined when it does. */
function violationOf(validation: Policy['validations'][number], bindings: Bindings): string | undefined {
  const evaluation = evaluateSource(validation.expression, bindings)
  if (evaluation.outcome === 'error') return `it could not be evaluated: ${evaluation.message}`
  if (evaluation.value === true) return undefined
  if (evaluation.value !== false) return `it must be true or false, and it is neither: ${validation.expression}`
  if (validation.messageExpression !== undefined) {
    const message = evaluateSource(validation.messageExpression, bindings)
    if (message.outcome === 'value' && typeof message.value === 'string' && message.value !== '') return message.value
  }
  return validation.message ?? `failed: ${validation.expression}`
}

function evaluateSource(source: string, bindings: Bindings): Evaluation {
  const compilation = compileExpression(source)
  return compilation.outcome === 'compiled' ? compilation.expression.evaluate(bindings) : { outcome: 'error', message: compilation.message }
}
