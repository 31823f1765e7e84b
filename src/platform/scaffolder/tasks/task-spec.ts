import type { JsonObject } from '#kernel/common/json'
import type { CreationInput } from '../creation-input.ts'
import type { Rendered } from '../creation-render.ts'
import { namedSteps } from '../template-document.ts'

/** What a task is made of, in Backstage's shape: steps and output as written, the values as given. Never a secret. Pure. */
export function specOf(input: CreationInput, requestedBy: string, rendered: Pick<Rendered, 'entity' | 'ref' | 'commit'> | undefined): JsonObject {
  const entity = rendered?.entity ?? {}
  const spec = (entity['spec'] ?? {}) as JsonObject
  const metadata = (entity['metadata'] ?? { name: input.template.split('/').at(-1) ?? input.template }) as JsonObject
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    steps: namedSteps(spec['steps']),
    output: spec['output'] ?? {},
    parameters: input.values,
    user: { ref: requestedBy },
    templateInfo: {
      entityRef: rendered?.ref ?? input.template,
      ...(rendered === undefined ? {} : { baseUrl: `fairway:${rendered.ref}@${rendered.commit}/` }),
      entity: { metadata },
    },
  }
}

/** What a retry asks for again, beside the values. Pure. */
export function requestOf(input: CreationInput): JsonObject {
  const { template: _template, values: _values, secretsId: _secretsId, taskId: _taskId, purpose: _purpose, onBehalfOf: _onBehalfOf, ...rest } = input
  return JSON.parse(JSON.stringify(rest)) as JsonObject
}
