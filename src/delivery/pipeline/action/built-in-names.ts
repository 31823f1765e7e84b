/** Actions that the runner has itself, whatever tag or SHA a workflow names. */
export const builtInActions: readonly string[] = [
  'actions/checkout',
  'actions/setup-node',
  'actions/setup-python',
  'actions/setup-go',
  'opentofu/setup-opentofu',
  'hashicorp/setup-terraform',
  'actions/upload-artifact',
  'actions/download-artifact',
  'actions/cache',
  'actions/cache/restore',
  'actions/cache/save',
]

/** Whether an action, e.g. `actions/checkout`, runs inside the engine. */
export function isBuiltIn(name: string): boolean {
  return builtInActions.includes(name.toLowerCase())
}
