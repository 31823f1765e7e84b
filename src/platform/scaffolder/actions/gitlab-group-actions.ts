import { z } from 'zod'
import { gitlabCall } from './gitlab-call.ts'
import type { HostRequest } from './effect.ts'
import { repoUrl, secretText, token } from './inputs.ts'
import { placeOf } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

const LEVELS: Readonly<Record<string, number>> = {
  no_access: 0,
  minimal_access: 5,
  guest: 10,
  planner: 15,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
}
const accessLevel = z
  .union([z.number(), z.string().refine((level) => Object.hasOwn(LEVELS, level.toLowerCase()), `is none of ${Object.keys(LEVELS).join(', ')}`)])
  .default(30)
  .transform((level) => (typeof level === 'number' ? level : (LEVELS[level.toLowerCase()] ?? 30)))

/** Imports a project of another GitLab; both tokens are secrets of the run. @see https://docs.gitlab.com/api/bulk_imports/ */
const migrate = templateAction({
  id: 'gitlab:group:migrate',
  description: 'Imports a project of another GitLab into one here',
  secrets: ['destinationAccessToken', 'sourceAccessToken'],
  host: 'gitlab',
  input: z.looseObject({
    destinationAccessToken: secretText.optional().describe('Is not used: the host’s own credential is'),
    destinationUrl: z.string().min(1),
    sourceAccessToken: secretText,
    sourceFullPath: z.string().min(1),
    sourceUrl: z.url(),
  }),
  output: z.object({ importedRepoUrl: z.string(), migrationId: z.number() }),
  run(input, context) {
    const { place } = placeOf({ repoUrl: input.destinationUrl }, { id: 'gitlab:group:migrate', type: 'gitlab', runsOnFairway: false }, context.hosts)
    const entity = {
      source_type: 'project_entity',
      source_full_path: input.sourceFullPath,
      destination_slug: place.name,
      destination_namespace: place.owner,
    }
    const effect = context.add({
      kind: 'host-call',
      provider: 'gitlab',
      ...place,
      title: `Import ${input.sourceFullPath} of ${input.sourceUrl} as ${place.owner}/${place.name}`,
      requests: [
        {
          method: 'POST',
          path: '/bulk_imports',
          body: { configuration: { url: input.sourceUrl, access_token: input.sourceAccessToken as never }, entities: [entity] },
          outputs: { migrationId: 'id' },
        },
      ],
    })
    return { importedRepoUrl: `${place.host}/${place.owner}/${place.name}`, migrationId: effect.output('migrationId') }
  },
})

/** Groups and people of a GitLab. @see https://docs.gitlab.com/api/groups/, https://docs.gitlab.com/api/group_members/ */
export const gitlabGroupActions: readonly TemplateAction[] = [
  migrate,
  gitlabCall({
    id: 'gitlab:group:ensureExists',
    description: 'Makes a group on GitLab, and those around it, unless they are there',
    input: z
      .looseObject({
        repoUrl,
        token,
        path: z.array(z.union([z.string(), z.object({ name: z.string(), slug: z.string() })])).min(1),
      })
      .transform((input) => ({ ...input, segments: input.path.map((each) => (typeof each === 'string' ? { name: each, slug: each } : each)) })),
    output: z.object({ groupId: z.number() }),
    from: ({ segments }) => ({ groupId: `group${segments.length - 1}` }),
    title: ({ segments }) => `Make the group ${segments.map(({ slug }) => slug).join('/')}`,
    requests: ({ segments }) =>
      segments.flatMap(({ name, slug }, index): HostRequest[] => {
        const full = segments.slice(0, index + 1).map((each) => each.slug)
        const parent = index === 0 ? {} : { parent_id: { $output: `group${index - 1}` } }
        return [
          { method: 'GET', path: `/groups/${encodeURIComponent(full.join('/'))}`, outputs: { [`group${index}`]: 'id' }, doneStatuses: [404] },
          { method: 'POST', path: '/groups', body: { name, path: slug, ...parent }, outputs: { [`group${index}`]: 'id' }, unless: `group${index}` },
        ]
      }),
  }),
  gitlabCall({
    id: 'gitlab:group:access',
    description: 'Adds people and groups to a group on GitLab, or takes them out',
    input: z
      .looseObject({
        repoUrl,
        token,
        path: z.union([z.number(), z.string()]).describe('Id or path of the group'),
        userIds: z.array(z.number()).default([]),
        groupIds: z.array(z.number()).default([]),
        action: z.enum(['add', 'remove']).default('add'),
        accessLevel,
      })
      .refine((input) => input.userIds.length + input.groupIds.length > 0, { path: ['userIds'], error: 'name at least one user or group' }),
    output: z.object({ path: z.union([z.number(), z.string()]), userIds: z.array(z.number()), groupIds: z.array(z.number()), accessLevel: z.number() }),
    known: (input) => ({
      path: input.path,
      ...(input.userIds.length === 0 ? {} : { userIds: input.userIds }),
      ...(input.groupIds.length === 0 ? {} : { groupIds: input.groupIds }),
      ...(input.action === 'add' ? { accessLevel: input.accessLevel } : {}),
    }),
    title: (input) => `${input.action === 'add' ? 'Add members to' : 'Take members out of'} the group ${input.path}`,
    requests: (input) => {
      const group = `/groups/${encodeURIComponent(String(input.path))}`
      const level = input.accessLevel
      if (input.action === 'remove')
        return [
          ...input.userIds.map((id): HostRequest => ({ method: 'DELETE', path: `${group}/members/${id}`, doneStatuses: [404] })),
          ...input.groupIds.map((id): HostRequest => ({ method: 'DELETE', path: `${group}/share/${id}`, doneStatuses: [404] })),
        ]
      return [
        // Who is in it already gets the level by the second request.
        ...input.userIds.flatMap((id): HostRequest[] => [
          { method: 'POST', path: `${group}/members`, body: { user_id: id, access_level: level }, doneStatuses: [409] },
          { method: 'PUT', path: `${group}/members/${id}`, body: { access_level: level } },
        ]),
        // A group that shares already is taken out first: its level can not be altered.
        ...input.groupIds.flatMap((id): HostRequest[] => [
          { method: 'DELETE', path: `${group}/share/${id}`, doneStatuses: [404] },
          { method: 'POST', path: `${group}/share`, body: { group_id: id, group_access: level }, doneStatuses: [409] },
        ]),
      ]
    },
  }),
  gitlabCall({
    id: 'gitlab:user:info',
    description: 'Tells who somebody is on GitLab; the platform’s own account unless an id is told',
    input: z.looseObject({ repoUrl, token, userId: z.number().optional() }),
    output: z.object({
      id: z.number(),
      username: z.string(),
      name: z.string(),
      state: z.string(),
      webUrl: z.string(),
      email: z.string(),
      createdAt: z.string(),
      publicEmail: z.string(),
    }),
    title: ({ userId }) => (userId === undefined ? 'Ask who the platform is' : `Ask who user ${userId} is`),
    requests: ({ userId }) => [
      {
        method: 'GET',
        path: userId === undefined ? '/user' : `/users/${userId}`,
        outputs: {
          id: 'id',
          username: 'username',
          name: 'name',
          state: 'state',
          webUrl: 'web_url',
          email: 'email',
          createdAt: 'created_at',
          publicEmail: 'public_email',
        },
      },
    ],
  }),
]
