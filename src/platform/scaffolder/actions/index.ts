import { absentActions } from './absent-actions.ts'
import { catalogFetch, catalogRegister, catalogWrite } from './catalog-actions.ts'
import { debugLog, debugWait } from './debug-actions.ts'
import { fetchPlain, fetchPlainFile } from './fetch-actions.ts'
import { fetchCookiecutter } from './fetch-cookiecutter.ts'
import { fetchTemplate, fetchTemplateFile, workspaceTemplate, workspaceTemplateFile } from './fetch-template.ts'
import { fsDelete, fsReaddir, fsRename } from './file-actions.ts'
import { githubActions } from './github-actions.ts'
import { gitlabActions } from './gitlab-actions.ts'
import { approvalWait, notificationSend } from './people-actions.ts'
import { publishActions } from './publish-actions.ts'
import { pullRequestActions } from './pull-request-actions.ts'
import type { TemplateAction } from './template-action.ts'
import { utilityActions } from './utility-actions.ts'

export type * from './effect.ts'
export type * from './template-action.ts'
export { describeActions } from './describe-actions.ts'
export { HOST_TITLES, todoFor } from './places.ts'

/** The actions that ship. */
export const builtInActions: readonly TemplateAction[] = [
  fetchTemplate,
  fetchTemplateFile,
  workspaceTemplate,
  workspaceTemplateFile,
  fetchPlain,
  fetchPlainFile,
  fetchCookiecutter,
  catalogRegister,
  catalogWrite,
  catalogFetch,
  fsRename,
  fsDelete,
  fsReaddir,
  debugLog,
  debugWait,
  approvalWait,
  notificationSend,
  ...publishActions,
  ...pullRequestActions,
  ...githubActions,
  ...gitlabActions,
  ...utilityActions,
  ...absentActions,
]
