import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { sortEnvironments, type Environment } from './environment.ts'
import type { EnvironmentDeps } from './environment-directory.ts'

export const environmentSchema = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    order: z.number(),
    account: z.string(),
    region: z.string(),
    runtime: z.string(),
    rollout: z.object({ strategy: z.enum(['all-at-once', 'canary']), steps: z.array(z.object({ weight: z.number(), minSeconds: z.number() })) }),
    approval: z.object({ required: z.number(), groups: z.array(z.string()), separationOfDuties: z.boolean(), expiresAfterHours: z.number() }).nullable(),
  })
  .meta({ id: 'Environment' })

export function viewEnvironment(environment: Environment): z.infer<typeof environmentSchema> {
  return { ...environment }
}

export function environmentRoutes(deps: EnvironmentDeps): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/environments',
      operation: 'environments.list',
      summary: 'List environments, from the first to the last that a release goes through',
      tag: 'Environments',
      permission: 'environment:read',
      response: z.object({ items: z.array(environmentSchema) }),
      handle: async () => ({ items: sortEnvironments(await deps.environments()).map(viewEnvironment) }),
    }),
  ]
}
