import { catalogWrite, debugLog, fsDelete, fsRename } from './file-actions.ts'
import { fetchPlain, fetchTemplate } from './fetch-actions.ts'
import { catalogRegister, publishFairway, publishGithub } from './publish-actions.ts'
import type { TemplateAction } from './template-action.ts'

export type * from './effect.ts'
export type * from './template-action.ts'

/** The actions that ship. */
export const builtInActions: readonly TemplateAction[] = [
  fetchTemplate,
  fetchPlain,
  publishFairway,
  publishGithub,
  catalogRegister,
  catalogWrite,
  debugLog,
  fsRename,
  fsDelete,
]
