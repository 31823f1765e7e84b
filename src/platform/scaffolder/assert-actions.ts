import type { HostDirectory, TemplateAction } from './actions/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template } from './template-document.ts'

/** @throws `platform.scaffolder.unknown_action`, naming every action that is not here: before anything starts. */
export function assertActions(template: Template, actions: readonly TemplateAction[], _hosts: HostDirectory | undefined): void {
  const known = new Set(actions.map((action) => action.id))
  const missing = [...new Set(template.steps.map((step) => step.action).filter((action) => !known.has(action)))]
  if (missing.length > 0)
    throw scaffolderFaults.unknown_action({ actions: missing.map((action) => `"${action}"`).join(', '), known: [...known].sort().join(', ') })
}
