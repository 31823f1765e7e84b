import { z } from 'zod'
import { safePath } from '../workspace.ts'
import type { CommitAuthor, SecretJson, TemplateFile } from './effect.ts'
import type { ActionContext } from './template-action.ts'

/** Schemas that many actions share. */
export const secretText = z.union([
  z.string(),
  z.object({ $secret: z.array(z.union([z.string(), z.object({ name: z.string() })])) }).transform((value): SecretJson => value),
])

export const repoUrl = z.string().min(1).describe('Where the repository is, e.g. github.com?owner=acme&repo=orders')
export const token = secretText.optional().describe('Token to use instead of the configured one')
export const branch = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/, 'is no name for a branch')
  .refine((name) => !name.includes('..') && !name.endsWith('/') && !name.endsWith('.lock'), 'is no name for a branch')

export const authorInputs = {
  gitAuthorName: z.string().optional().describe('Name of the commit’s author; the person who asks unless told'),
  gitAuthorEmail: z.string().optional().describe('Address of the commit’s author'),
}

/** The commit's author as a template gives it, ready to be spread into an effect. */
export function authorOf(input: { gitAuthorName?: string | undefined; gitAuthorEmail?: string | undefined }): { author?: CommitAuthor } {
  const author: CommitAuthor = {
    ...(input.gitAuthorName === undefined ? {} : { name: input.gitAuthorName }),
    ...(input.gitAuthorEmail === undefined ? {} : { email: input.gitAuthorEmail }),
  }
  return Object.keys(author).length === 0 ? {} : { author }
}

/** Files of a part of the workspace, moved below `targetPath`. */
export function filesOf(context: Pick<ActionContext, 'workspace'>, sourcePath: string | undefined, targetPath?: string): TemplateFile[] {
  const target = safePath(targetPath ?? '')
  return context.workspace.below(sourcePath ?? '').map(({ path, file }) => ({ path: target === '' ? path : `${target}/${path}`, ...file }))
}
