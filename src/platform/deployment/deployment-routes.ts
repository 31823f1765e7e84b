import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { changeFaults, changeSchema, viewChange, type ChangeService } from '#platform/change'
import { environmentFaults, environmentSchema, viewEnvironment } from '#platform/environment'
import { deploymentFaults } from './deployment-faults.ts'
import { listDeployments } from './deployment-store.ts'
import { buildMatrix } from './environment-matrix.ts'
import type { DeploymentDeps } from './deployment-deps.ts'

const name = z.string().min(1).max(100)
const reason = z.string().max(2_000)
const tag = 'Deployments'
/** The matrix shows no more places than this; beyond, pages of one component or environment do. */
const MATRIX_LIMIT = 5_000

const cellSchema = z.object({
  release: z.string(),
  version: z.string(),
  digest: z.string(),
  commit: z.string(),
  url: z.string().nullable(),
  changeId: z.string(),
  deployedAt: z.string(),
  deployedBy: z.string(),
  health: z.enum(['healthy', 'progressing', 'degraded', 'unknown', 'off']),
  activeChangeId: z.string().nullable(),
  traffic: z.array(z.object({ release: z.string(), version: z.string(), weight: z.number() })),
})

export function deploymentRoutes(changes: ChangeService, deps: DeploymentDeps): Route[] {
  const placeOf = (component: string, environment: string): ResourceRef => ({ type: 'Environment', id: environment, attributes: { component, environment } })
  const deploying = [
    environmentFaults.not_found,
    deploymentFaults.no_component,
    deploymentFaults.no_release,
    deploymentFaults.quarantined,
    deploymentFaults.bad_score,
    deploymentFaults.nothing_to_run,
    changeFaults.busy,
    changeFaults.key_reused,
  ]
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/deployments',
      operation: 'deployments.create',
      summary: 'Deploy a release to an environment; without a release, the newest one that is not in quarantine',
      tag,
      permission: 'deployment:create',
      body: z.strictObject({ component: name, environment: name, release: name.optional(), version: name.optional(), reason: reason.optional() }),
      response: changeSchema,
      status: 202,
      errors: [...deploying, deploymentFaults.foreign_release],
      resource: ({ body }) => placeOf(body.component, body.environment),
      handle: async ({ body: { reason: why, ...input }, caller, idempotencyKey }) =>
        viewChange(await changes.create(caller, { kind: 'deploy', input, reason: why, idempotencyKey })),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/promotions',
      operation: 'promotions.create',
      summary: 'Bring the release that runs in one environment to another',
      tag,
      permission: 'deployment:create',
      body: z.strictObject({ component: name, from: name, to: name, reason: reason.optional() }),
      response: changeSchema,
      status: 202,
      errors: [...deploying, deploymentFaults.nothing_to_promote],
      resource: ({ body }) => placeOf(body.component, body.to),
      handle: async ({ body, caller, idempotencyKey }) =>
        viewChange(
          await changes.create(caller, {
            kind: 'deploy',
            input: { component: body.component, environment: body.to, from: body.from },
            reason: body.reason,
            idempotencyKey,
          }),
        ),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/rollbacks',
      operation: 'rollbacks.create',
      summary: 'Go back to the release before',
      tag,
      permission: 'deployment:create',
      body: z.strictObject({ component: name, environment: name, reason: reason.min(1) }),
      response: changeSchema,
      status: 202,
      errors: [...deploying, deploymentFaults.nothing_to_roll_back],
      resource: ({ body }) => placeOf(body.component, body.environment),
      handle: async ({ body, caller, idempotencyKey }) =>
        viewChange(
          await changes.create(caller, {
            kind: 'deploy',
            input: { component: body.component, environment: body.environment, rollback: true },
            reason: body.reason,
            idempotencyKey,
          }),
        ),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/environments/matrix',
      operation: 'environments.matrix',
      summary: 'Show which release of which component runs where, and how it is doing',
      tag,
      permission: 'environment:read',
      response: z.object({
        environments: z.array(environmentSchema),
        rows: z.array(z.object({ component: z.string(), title: z.string(), owner: z.string(), cells: z.record(z.string(), cellSchema.nullable()) })),
      }),
      handle: async () => {
        const [environments, components, deployments, workloads, active] = await Promise.all([
          deps.environments.list(),
          deps.components(),
          listDeployments(deps.db, MATRIX_LIMIT),
          deps.workloads(),
          changes.listActivePlaces(),
        ])
        const rows = buildMatrix({ environments, components, deployments, workloads, traffic: deps.traffic(), active, ingressPort: deps.ingressPort() })
        return { environments: environments.map(viewEnvironment), rows }
      },
    }),
  ]
}
