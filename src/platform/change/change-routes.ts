import { z } from 'zod'
import { jsonRoute, PLATFORM, type ResourceRef, type Route } from '#kernel/node/http'
import { changeFaults } from './change-faults.ts'
import { changeSchema, previewSchema, viewChange, viewPlan } from './change-schema.ts'
import { CHANGE_STATES } from './change-state.ts'
import type { ChangeKinds } from './change.ts'
import type { ChangeService } from './change-service.ts'

const idParams = z.object({ id: z.string().min(1).max(64) })
const state = z.enum(CHANGE_STATES)
const listQuery = z.object({
  state: z.union([state, z.array(state)]).optional(),
  component: z.string().max(200).optional(),
  environment: z.string().max(200).optional(),
  kind: z.string().max(100).optional(),
  requestedBy: z.string().max(200).optional(),
  cursor: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
const proposal = z.strictObject({ kind: z.string().min(1).max(100), input: z.record(z.string(), z.unknown()) })
const creation = proposal.extend({ reason: z.string().max(2_000).optional() })

/** Routes of changes, plans and approvals. */
export function changeRoutes(service: ChangeService, kinds: ChangeKinds): Route[] {
  const tag = 'Changes'
  const resourceOfInput = ({ body }: { body: { kind: string; input: unknown } }): ResourceRef => {
    const kind = Object.hasOwn(kinds, body.kind) ? kinds[body.kind] : undefined
    const parsed = kind?.input.safeParse(body.input)
    return kind && parsed?.success ? kind.resource(parsed.data) : PLATFORM
  }
  const resourceOfId = async ({ params }: { params: { id: string } }): Promise<ResourceRef> => await service.resourceOf(params.id)
  const planning = [changeFaults.unknown_kind, changeFaults.bad_input, changeFaults.bad_plan]
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/plans',
      operation: 'plans.create',
      summary: 'Plan a change without making it',
      tag,
      permission: 'change:create',
      body: proposal,
      response: previewSchema,
      errors: planning,
      resource: resourceOfInput,
      handle: async ({ body, caller }) => {
        const { planHash, ...plan } = await service.preview(caller, body)
        return { ...viewPlan(plan), planHash }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/changes',
      operation: 'changes.create',
      summary: 'Make a change',
      tag,
      permission: 'change:create',
      body: creation,
      response: changeSchema,
      status: 202,
      errors: [...planning, changeFaults.busy, changeFaults.key_reused],
      resource: resourceOfInput,
      handle: async ({ body, caller, idempotencyKey }) => viewChange(await service.create(caller, { ...body, idempotencyKey })),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/changes',
      operation: 'changes.list',
      summary: 'List changes, newest first',
      tag,
      permission: 'change:read',
      query: listQuery,
      response: z.object({ items: z.array(changeSchema), nextCursor: z.string().nullable() }),
      handle: async ({ query }) => {
        const { cursor, limit, state: states, component, environment, kind, requestedBy } = query
        const page = await service.list(
          {
            ...(states === undefined ? {} : { state: [states].flat() }),
            ...(component === undefined ? {} : { component }),
            ...(environment === undefined ? {} : { environment }),
            ...(kind === undefined ? {} : { kind }),
            ...(requestedBy === undefined ? {} : { requestedBy }),
          },
          { limit, cursor },
        )
        return { items: page.items.map(viewChange), nextCursor: page.nextCursor }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/changes/{id}',
      operation: 'changes.get',
      summary: 'Show a change with its plan, approvals and steps',
      tag,
      permission: 'change:read',
      params: idParams,
      response: changeSchema,
      errors: [changeFaults.not_found],
      handle: async ({ params }) => viewChange(await service.get(params.id)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/changes/{id}/approve',
      operation: 'changes.approve',
      summary: 'Approve the plan that you saw',
      tag,
      permission: 'change:approve',
      params: idParams,
      body: z.strictObject({ planHash: z.string().min(1).max(128), comment: z.string().max(2_000).optional() }),
      response: changeSchema,
      errors: [changeFaults.not_found, changeFaults.not_waiting, changeFaults.plan_changed, changeFaults.not_eligible],
      resource: resourceOfId,
      handle: async ({ params, body, caller }) => viewChange(await service.approve(caller, params.id, body)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/changes/{id}/reject',
      operation: 'changes.reject',
      summary: 'Reject the plan that you saw',
      tag,
      permission: 'change:approve',
      params: idParams,
      body: z.strictObject({ planHash: z.string().min(1).max(128), reason: z.string().min(1).max(2_000) }),
      response: changeSchema,
      errors: [changeFaults.not_found, changeFaults.not_waiting, changeFaults.plan_changed, changeFaults.not_eligible],
      resource: resourceOfId,
      handle: async ({ params, body, caller }) => viewChange(await service.reject(caller, params.id, body)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/changes/{id}/cancel',
      operation: 'changes.cancel',
      summary: 'Call a change off, and undo what it has done',
      tag,
      permission: 'change:cancel',
      params: idParams,
      body: z.strictObject({ reason: z.string().max(2_000).optional() }),
      response: changeSchema,
      errors: [changeFaults.not_found, changeFaults.not_cancellable],
      resource: resourceOfId,
      handle: async ({ params, body, caller }) => viewChange(await service.cancel(caller, params.id, body.reason)),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/approvals',
      operation: 'approvals.list',
      summary: 'List the changes that wait for your decision',
      tag,
      permission: 'change:read',
      response: z.object({ items: z.array(changeSchema) }),
      handle: async ({ caller }) => ({ items: (await service.listDecidable(caller)).map(viewChange) }),
    }),
  ]
}
