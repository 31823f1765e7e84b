import { HOST_TITLES, todoFor, type HostDirectory, type TemplateAction } from './actions/index.ts'
import { actionProblems } from './action-problems.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template } from './template-document.ts'

/**
 * Before anything starts: every step has an action and its action a host.
 * @throws `platform.scaffolder.unknown_action`, naming every action that is not here; `.host_missing`. Each with a problem per step.
 */
export function assertActions(template: Template, actions: readonly TemplateAction[], hosts: HostDirectory | undefined): void {
  const problems = actionProblems(template, actions, hosts ?? { list: () => [] })
  const errors = problems.map(({ problem }) => problem)
  const missing = [...new Set(problems.filter((problem) => problem.kind === 'unknown').map((problem) => `"${problem.action}"`))]
  if (missing.length > 0) {
    const known = actions.map((action) => action.id).sort()
    throw scaffolderFaults.unknown_action({ actions: missing.join(', '), known: known.join(', ') }, { errors })
  }
  const [first] = problems
  if (first?.host) throw scaffolderFaults.host_missing({ action: first.action, what: HOST_TITLES[first.host], todo: todoFor(first.host) }, { errors })
}
