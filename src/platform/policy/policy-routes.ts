import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { PolicyDeps } from './policy-service.ts'

const policySchema = z
  .object({ name: z.string(), description: z.string(), effect: z.enum(['deny', 'warn']), expression: z.string(), source: z.string() })
  .meta({ id: 'Policy' })

export function policyRoutes(deps: Pick<PolicyDeps, 'policies'>): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/policies',
      operation: 'policies.list',
      summary: 'List the policies that plans are judged by',
      tag: 'Policies',
      permission: 'policy:read',
      response: z.object({ items: z.array(policySchema) }),
      handle: async () => ({
        items: (await deps.policies()).map(({ name, description, effect, validations, source }) => ({
          name,
          description,
          effect,
          expression: validations.map((validation) => validation.expression).join(' && '),
          source,
        })),
      }),
    }),
  ]
}
