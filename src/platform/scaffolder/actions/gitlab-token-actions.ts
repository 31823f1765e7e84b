import { z } from 'zod'
import type { HostRequest } from './effect.ts'
import { gitlabCall, projectIdInput } from './gitlab-call.ts'
import { repoUrl, token } from './inputs.ts'
import type { TemplateAction } from './template-action.ts'

const common = { repoUrl, token, projectId: projectIdInput }
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}/, 'must look like 2027-01-31')

/** Tokens that GitLab makes: later steps use them as secrets, and nobody reads them. @see https://docs.gitlab.com/api/project_access_tokens/, https://docs.gitlab.com/api/deploy_tokens/ */
export const gitlabTokenActions: readonly TemplateAction[] = [
  gitlabCall({
    id: 'gitlab:projectAccessToken:create',
    description: 'Makes an access token of a project on GitLab; its output can be used where secrets can',
    input: z.looseObject({
      ...common,
      name: z.string().default('tokenname'),
      accessLevel: z.number().default(40),
      scopes: z.array(z.string()).min(1).default(['read_repository']),
      expiresAt: date.optional().describe('Last day; the longest that GitLab allows unless told'),
    }),
    output: z.object({ access_token: z.string() }),
    secretOutputs: ['access_token'],
    title: ({ name }, repository) => `Make the access token "${name}" of ${repository}`,
    requests: (input, project, secretName) => [
      tokenRequest(
        `${project}/access_tokens`,
        {
          name: input.name,
          scopes: input.scopes,
          access_level: input.accessLevel,
          ...(input.expiresAt === undefined ? {} : { expires_at: input.expiresAt.slice(0, 10) }),
        },
        secretName('access_token'),
      ),
    ],
  }),
  gitlabCall({
    id: 'gitlab:projectDeployToken:create',
    description: 'Makes a deploy token of a project on GitLab; its output can be used where secrets can',
    input: z.looseObject({ ...common, name: z.string().min(1), username: z.string().optional(), scopes: z.array(z.string()).min(1) }),
    output: z.object({ deploy_token: z.string(), user: z.string() }),
    secretOutputs: ['deploy_token'],
    title: ({ name }, repository) => `Make the deploy token "${name}" of ${repository}`,
    requests: (input, project, secretName) => [
      {
        ...tokenRequest(
          `${project}/deploy_tokens`,
          {
            name: input.name,
            scopes: input.scopes,
            ...(input.username === undefined ? {} : { username: input.username }),
          },
          secretName('deploy_token'),
        ),
        outputs: { user: 'username' },
      },
    ],
  }),
]

function tokenRequest(path: string, body: NonNullable<HostRequest['body']>, secret: string): HostRequest {
  return { method: 'POST', path, body, secretOutputs: { [secret]: 'token' } }
}
