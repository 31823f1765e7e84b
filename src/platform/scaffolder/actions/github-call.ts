import { z } from 'zod'
import type { Json } from '#kernel/common/json'
import type { HostRequest, RepositoryPlace } from './effect.ts'
import { placeOf } from './places.ts'
import { templateAction, type TemplateAction } from './template-action.ts'

/** An action that is a few requests to GitHub's REST API; the built-in host has nothing like it. */
export function githubCall<I extends { repoUrl: string; token?: unknown }>(action: {
  id: string
  description: string
  input: z.ZodType<I>
  output?: z.ZodType
  /** Those that the requests give. */
  outputs?: readonly string[]
  /** Those that are known at once. */
  known?: (input: I) => Record<string, Json>
  secrets?: readonly string[]
  title: (input: I, repository: string) => string
  requests: (input: I, place: RepositoryPlace) => HostRequest[]
}): TemplateAction {
  const { id, outputs = [] } = action
  return templateAction({
    id,
    description: action.description,
    input: action.input,
    output: action.output ?? z.object({}),
    host: 'github',
    ...(action.secrets ? { secrets: action.secrets } : {}),
    run(input, context) {
      const { place } = placeOf(input as I & { token?: string }, { id, type: 'github', runsOnFairway: false }, context.hosts)
      const title = action.title(input, `${place.owner}/${place.name}`)
      const effect = context.add({ kind: 'host-call', provider: 'github', ...place, title, requests: action.requests(input, place) })
      return { ...action.known?.(input), ...Object.fromEntries(outputs.map((name) => [name, effect.output(name)])) }
    },
  })
}
