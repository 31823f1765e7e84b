import type { FieldProblem } from '#kernel/common/fault'
import { HOST_TITLES, todoFor, type HostDirectory, type HostType, type TemplateAction } from './actions/index.ts'
import { similarNames } from './similar-names.ts'
import type { Template, TemplateStep } from './template-document.ts'

/** One step that can not be carried out here. */
export interface ActionProblem {
  step: string
  action: string
  kind: 'unknown' | 'host'
  /** The kind of host that is missing. */
  host?: HostType
  problem: FieldProblem
}

/**
 * Steps that nothing carries out, each with its place and what was perhaps meant; and those whose kind of Git host is not configured, unless a
 * condition may skip them. Without `hosts` only the former. Pure.
 */
export function actionProblems(template: Template, actions: readonly TemplateAction[], hosts?: HostDirectory): ActionProblem[] {
  const known = new Map(actions.map((action) => [action.id, action]))
  return template.steps.flatMap((step, index) => {
    const action = known.get(step.action)
    if (!action) return [problemOf(step, index, 'unknown', unknownMessage(step.action, [...known.keys()]))]
    const { host } = action
    if (!hosts || !host || host === 'fairway' || step.if !== undefined) return []
    if (action.runsOnFairway || hosts.list().some((candidate) => candidate.type === host)) return []
    const message = `"${step.action}" needs ${HOST_TITLES[host]}, which is not configured; ${todoFor(host)}`
    return [{ ...problemOf(step, index, 'host', message), host }]
  })
}

function problemOf(step: TemplateStep, index: number, kind: ActionProblem['kind'], message: string): ActionProblem {
  return { step: step.id, action: step.action, kind, problem: { field: `spec.steps[${index}].action`, message, ...step.place } }
}

function unknownMessage(action: string, known: readonly string[]): string {
  const similar = similarNames(action, known)
  const there = `there are: ${[...known].sort().join(', ')}`
  return `there is no action "${action}"${similar.length === 0 ? '' : `; did you mean ${similar.map((name) => `"${name}"`).join(' or ')}?`}; ${there}`
}
