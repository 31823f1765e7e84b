import type { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import type { Workspace } from '../workspace.ts'

/** A file of the template's own repository. Links are listed, never followed. */
export interface TemplateFile {
  path: string
  content: Uint8Array
  isExecutable: boolean
}

/** What a template wants done outside, to be planned. Collected while its steps run in memory. */
export type Effect =
  | { kind: 'repository'; owner: string; name: string; description: string; defaultBranch: string; files: readonly TemplateFile[] }
  | { kind: 'register'; repository: string; branch: string; path: string; ref: string | undefined }

export interface ActionContext {
  workspace: Workspace
  /** Files below a folder of the template's repository, with paths relative to it; `url` is relative to the template. */
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
  /** Address that people and git use for a repository, e.g. `http://127.0.0.1:7007/git/acme/orders.git`. */
  repositoryUrl: (owner: string, name: string) => string
  effects: Effect[]
  log: (line: string) => void
}

/** One thing that a template step can do. It runs in memory: an action that alters the world adds an effect. */
export interface TemplateAction {
  id: string
  description: string
  input: z.ZodType
  run(input: unknown, context: ActionContext): Promise<JsonObject> | JsonObject
}

/** Declares an action; only gives the types a place to meet. */
export function templateAction<I>(action: {
  id: string
  description: string
  input: z.ZodType<I>
  run(input: I, context: ActionContext): Promise<JsonObject> | JsonObject
}): TemplateAction {
  return action as unknown as TemplateAction
}
