import { z } from 'zod'
import type { Json } from '#kernel/common/json'
import { SecretText } from '../template-language/index.ts'
import type { HostRequest } from './effect.ts'
import { placeOf } from './places.ts'
import { templateAction, type StepOutput, type TemplateAction } from './template-action.ts'

export const projectIdInput = z.union([z.number(), z.string()]).optional().describe('Id or path of the project; the one of repoUrl unless told')

interface Common {
  repoUrl: string
  token?: unknown
  projectId?: string | number | undefined
}

/** An action that is a few requests to GitLab's REST API. */
export function gitlabCall<I extends Common>(action: {
  id: string
  description: string
  input: z.ZodType<I>
  output: z.ZodObject
  secrets?: readonly string[]
  /** Outputs that are known at once; the requests give the others. */
  known?: (input: I) => Record<string, Json>
  /** Outputs that the requests give under another name. */
  from?: (input: I) => Record<string, string>
  /** Outputs that nobody reads: later steps use them as secrets. */
  secretOutputs?: readonly string[]
  title: (input: I, repository: string) => string
  /** @param secretName gives the name under which a secret output is kept. */
  requests: (input: I, project: string, secretName: (output: string) => string) => HostRequest[]
}): TemplateAction {
  const { id, secretOutputs = [] } = action
  return templateAction({
    id,
    description: action.description,
    input: action.input,
    output: action.output,
    host: 'gitlab',
    ...(action.secrets ? { secrets: action.secrets } : {}),
    run(input, context): StepOutput {
      const { place } = placeOf(input as I & { token?: string }, { id, type: 'gitlab', runsOnFairway: false }, context.hosts)
      const project = `/projects/${encodeURIComponent(String(input.projectId ?? `${place.owner}/${place.name}`))}`
      // The effects before are the same in every run, so that this is a name that stays.
      const secretName = (output: string): string => `made:${context.effects.length}:${id}.${output}`
      const names = Object.fromEntries(secretOutputs.map((output) => [output, secretName(output)]))
      const requests = action.requests(input, project, secretName)
      const effect = context.add({ kind: 'host-call', provider: 'gitlab', ...place, title: action.title(input, `${place.owner}/${place.name}`), requests })
      const known = action.known?.(input) ?? {}
      const from = action.from?.(input) ?? {}
      const told = Object.keys(action.output.shape).filter((name) => !secretOutputs.includes(name) && action.known === undefined)
      return {
        ...known,
        ...Object.fromEntries(told.map((name) => [name, effect.output(from[name] ?? name)])),
        ...(Object.fromEntries(Object.entries(names).map(([output, name]) => [output, new SecretText([{ name }])])) as unknown as StepOutput),
      }
    },
  })
}
