import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { HostRequest, RepositoryPlace } from './effect.ts'
import { secretText } from './inputs.ts'

const variable = z.object({
  key: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  value: secretText,
  description: z.string().optional(),
  variable_type: z.enum(['env_var', 'file']).default('env_var'),
  protected: z.boolean().default(false),
  masked: z.boolean().default(false),
  raw: z.boolean().default(false),
  environment_scope: z.string().default('*'),
})

/** What `publish:gitlab` has beside name, description and visibility. */
const settingsInput = z.looseObject({
  topics: z.array(z.string()).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
  branches: z
    .array(z.object({ name: z.string().min(1), protect: z.boolean().default(false), create: z.boolean().default(false), ref: z.string().optional() }))
    .default([]),
  projectVariables: z.array(variable).default([]),
})

/** Path below GitLab's API of a project. */
function gitlabProject(place: Pick<RepositoryPlace, 'owner' | 'name'>): string {
  return `/projects/${encodeURIComponent(`${place.owner}/${place.name}`)}`
}

/** Adds a CI variable unless there is one of that name and scope. Pure. @see https://docs.gitlab.com/api/project_level_variables/ */
export function variableRequests(project: string, given: z.infer<typeof variable>, nth = 0): HostRequest[] {
  const scope = `?filter%5Benvironment_scope%5D=${encodeURIComponent(given.environment_scope)}`
  return [
    { method: 'GET', path: `${project}/variables/${given.key}${scope}`, outputs: { [`variable${nth}`]: 'key' }, doneStatuses: [404] },
    { method: 'POST', path: `${project}/variables`, body: JSON.parse(JSON.stringify(given)) as JsonObject, unless: `variable${nth}` },
  ]
}

/**
 * The requests that give a project on GitLab what a template asks for. Pure.
 * @see https://docs.gitlab.com/api/projects/#edit-a-project, https://docs.gitlab.com/api/protected_branches/
 */
export function gitlabSettings(
  place: RepositoryPlace,
  defaultBranch: string,
  visibility: 'private' | 'internal' | 'public',
  settings: JsonObject,
): HostRequest[] {
  const parsed = settingsInput.safeParse(settings)
  if (!parsed.success) throw scaffolderFaults.bad_path({ path: parsed.error.issues[0]?.path.join('.') ?? 'input', why: parsed.error.issues[0]?.message ?? '' })
  const { topics, branches, projectVariables, settings: given } = parsed.data
  const project = gitlabProject(place)
  // Its path and name are what the template's address says.
  const { path: _path, name: _name, ...rest } = given
  const put = { ...(visibility === 'private' ? {} : { visibility }), ...(topics.length === 0 ? {} : { topics }), ...rest } as JsonObject
  return [
    ...(Object.keys(put).length === 0 ? [] : [{ method: 'PUT' as const, path: project, body: put }]),
    ...branches.flatMap((branch, nth): HostRequest[] => [
      ...(branch.create
        ? [
            {
              method: 'GET' as const,
              path: `${project}/repository/branches/${encodeURIComponent(branch.name)}`,
              outputs: { [`branch${nth}`]: 'name' },
              doneStatuses: [404],
            },
            {
              method: 'POST' as const,
              path: `${project}/repository/branches`,
              body: { branch: branch.name, ref: branch.ref ?? defaultBranch },
              unless: `branch${nth}`,
            },
          ]
        : []),
      ...(branch.protect ? [{ method: 'POST' as const, path: `${project}/protected_branches`, body: { name: branch.name }, doneStatuses: [409] }] : []),
    ]),
    ...projectVariables.flatMap((each, nth) => variableRequests(project, each, nth)),
  ]
}
