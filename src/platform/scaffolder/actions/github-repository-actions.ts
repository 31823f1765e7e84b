import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import { githubCall } from './github-call.ts'
import { secretRequests } from './github-secrets.ts'
import { githubPath } from './github-settings.ts'
import { repoUrl, secretText, token } from './inputs.ts'
import type { TemplateAction } from './template-action.ts'

const common = { repoUrl, token }

/** Keys and rules of a repository on GitHub. @see https://docs.github.com/en/rest/deploy-keys, https://docs.github.com/en/rest/repos/rules */
export const githubRepositoryActions: readonly TemplateAction[] = [
  githubCall({
    id: 'github:deployKey:create',
    description: 'Adds a deploy key to a repository on GitHub, and keeps its private key there as a secret of the actions',
    secrets: ['privateKey'],
    input: z
      .looseObject({
        ...common,
        publicKey: z.string().min(1).describe('As ssh-keygen writes it'),
        privateKey: secretText.describe('As ssh-keygen writes it; a secret of the run'),
        deployKeyName: z.string().min(1),
        privateKeySecretName: z.string().optional().describe('Name of the secret; made of the key’s name unless told'),
      })
      .transform((input) => ({
        ...input,
        privateKeySecretName: input.privateKeySecretName ?? `${input.deployKeyName.split(' ').join('_').toUpperCase()}_PRIVATE_KEY`,
      })),
    output: z.object({ privateKeySecretName: z.string() }),
    known: ({ privateKeySecretName }) => ({ privateKeySecretName }),
    title: ({ deployKeyName }, repository) => `Add the deploy key "${deployKeyName}" to ${repository}`,
    requests: (input, place) => [
      // 422: this key is there already.
      { method: 'POST', path: githubPath(place, '/keys'), body: { title: input.deployKeyName, key: input.publicKey }, doneStatuses: [422] },
      ...secretRequests(githubPath(place, '/actions'), { [input.privateKeySecretName]: input.privateKey }),
    ],
  }),
  githubCall({
    id: 'github:ruleset:create',
    description: 'Makes a ruleset of a repository on GitHub',
    input: z.looseObject({
      ...common,
      name: z.string().min(1),
      target: z.enum(['branch', 'tag', 'push']).default('branch'),
      enforcement: z.enum(['disabled', 'active', 'evaluate']),
      bypassActors: z.array(z.object({ actorId: z.number().nullish(), actorType: z.string(), bypassMode: z.string().optional() })).optional(),
      conditions: z.object({ refName: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional() }).optional(),
      rules: z.array(z.record(z.string(), z.unknown())),
    }),
    output: z.object({ rulesetId: z.number(), rulesetName: z.string(), rulesetUrl: z.string() }),
    outputs: ['rulesetId', 'rulesetUrl'],
    known: ({ name }) => ({ rulesetName: name }),
    title: ({ name }, repository) => `Make the ruleset "${name}" of ${repository}`,
    requests: (input, place) => [
      {
        method: 'POST',
        path: githubPath(place, '/rulesets'),
        body: JSON.parse(
          JSON.stringify({
            name: input.name,
            target: input.target,
            enforcement: input.enforcement,
            bypass_actors: input.bypassActors?.map((actor) => ({ actor_id: actor.actorId, actor_type: actor.actorType, bypass_mode: actor.bypassMode })),
            conditions: input.conditions?.refName ? { ref_name: input.conditions.refName } : undefined,
            rules: input.rules,
          }),
        ) as JsonObject,
        outputs: { rulesetId: 'id', rulesetUrl: '_links.self.href' },
      },
    ],
  }),
]
