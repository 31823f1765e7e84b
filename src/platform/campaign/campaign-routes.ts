import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { campaignFaults } from './campaign-faults.ts'
import type { CampaignService, ChildState } from './campaign-service.ts'
import { campaignDetailSchema, campaignSchema, viewCampaign, viewCampaignDetail } from './campaign-view.ts'

const names = z.object({ namespace: z.string().min(1), name: z.string().min(1) })
const child = z.object({
  component: z.string(),
  repository: z.string(),
  templateCommit: z.string(),
  templateVersion: z.string(),
  isBehind: z.boolean(),
  isEjected: z.boolean(),
  createdBy: z.string(),
  pullRequest: z.object({ number: z.number(), url: z.string(), repository: z.string() }).nullable(),
})
const ejection = z.strictObject({ reason: z.string().max(1_000).default('') })

/** `/api/v1/campaigns…`, `/api/v1/templates/{namespace}/{name}/children`, `/api/v1/lineage/{namespace}/{name}…`. */
export function campaignRoutes(service: CampaignService): Route[] {
  const tag = 'Campaigns'
  const component = (input: { params: { namespace: string; name: string } }): ResourceRef => ({
    type: 'Component',
    id: `component:${input.params.namespace}/${input.params.name}`,
  })
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/templates/{namespace}/{name}/children',
      operation: 'templates.children',
      summary: 'List what was made from a template, and who is behind it',
      tag,
      permission: 'template:read',
      params: names,
      response: z.object({ template: z.string(), commit: z.string(), version: z.string(), items: z.array(child) }),
      handle: async ({ params }) => {
        const { ref, commit, version, items } = await service.children(`template:${params.namespace}/${params.name}`)
        return { template: ref, commit, version, items: items.map((item) => viewChild(item, version)) }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/campaigns',
      operation: 'campaigns.list',
      summary: 'List campaigns, newest first',
      tag,
      permission: 'change:read',
      query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20), cursor: z.string().optional() }),
      response: z.object({ items: z.array(campaignSchema), nextCursor: z.string().nullable() }),
      handle: async ({ query }) => {
        const { items, nextCursor } = await service.list(query)
        return { items: items.map(({ change, campaign, counts }) => viewCampaign(change, campaign, counts)), nextCursor }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/campaigns',
      operation: 'campaigns.start',
      summary: 'Propose the newest version of a template to what was made from it',
      tag,
      permission: 'campaign:start',
      status: 202,
      body: z.strictObject({
        template: z.string().min(1).max(200),
        components: z.array(z.string()).max(5_000).optional(),
        reason: z.string().max(1_000).optional(),
      }),
      response: z.object({ id: z.string() }),
      errors: [campaignFaults.no_children],
      resource: ({ body }) => ({ type: 'Template', id: body.template }),
      handle: async ({ body, caller, idempotencyKey }) => ({ id: (await service.start(caller, body, idempotencyKey)).id }),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/campaigns/{id}',
      operation: 'campaigns.get',
      summary: 'Get a campaign with every child: open, merged, in conflict',
      tag,
      permission: 'change:read',
      params: z.object({ id: z.string() }),
      response: campaignDetailSchema,
      errors: [campaignFaults.not_found],
      handle: async ({ params }) => {
        const { change, campaign, items } = await service.get(params.id)
        return viewCampaignDetail(change, campaign, items)
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/campaigns/{id}/cancel',
      operation: 'campaigns.cancel',
      summary: 'Stop a campaign and close its open pull requests; what was merged stays',
      tag,
      permission: 'campaign:start',
      params: z.object({ id: z.string() }),
      body: z.strictObject({ reason: z.string().max(1_000).optional() }),
      response: campaignDetailSchema,
      errors: [campaignFaults.not_found],
      handle: async ({ params, body, caller }) => {
        await service.cancel(caller, params.id, body.reason)
        const { change, campaign, items } = await service.get(params.id)
        return viewCampaignDetail(change, campaign, items)
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/lineage/{namespace}/{name}',
      operation: 'lineage.get',
      summary: 'Get which template a component was made from, and whether it is behind',
      tag,
      permission: 'catalog:read',
      params: names,
      response: z.object({
        template: z.string(),
        templateCommit: z.string(),
        createdVersion: z.string(),
        newestCommit: z.string().nullable(),
        newestVersion: z.string().nullable(),
        isBehind: z.boolean(),
        isEjected: z.boolean(),
      }),
      errors: [campaignFaults.no_lineage],
      handle: async ({ params }) => {
        const { child: found, newest, isBehind } = await service.lineage({ kind: 'component', ...params })
        return {
          template: found.templateRef,
          templateCommit: found.templateCommit,
          createdVersion: found.createdVersion,
          newestCommit: newest?.commit ?? null,
          newestVersion: newest?.version ?? null,
          isBehind,
          isEjected: found.isEjected,
        }
      },
    }),
    ...(['eject', 'resume'] as const).map((verb) =>
      jsonRoute({
        method: 'POST',
        path: `/api/v1/lineage/{namespace}/{name}/${verb}`,
        operation: `lineage.${verb}`,
        summary: verb === 'eject' ? 'End that a component follows its template' : 'Let a component follow its template again',
        tag,
        permission: 'repository:write',
        params: names,
        body: ejection,
        response: z.object({ isEjected: z.boolean() }),
        errors: [campaignFaults.no_lineage],
        resource: component,
        handle: async ({ params, body, caller }) => {
          await service.eject(caller, { kind: 'component', ...params }, { reason: body.reason, isEjected: verb === 'eject' })
          return { isEjected: verb === 'eject' }
        },
      }),
    ),
  ]
}

function viewChild({ child: found, isBehind, open }: ChildState, newestVersion: string): z.infer<typeof child> {
  return {
    component: found.componentRef,
    repository: found.repository,
    templateCommit: found.templateCommit,
    templateVersion: !isBehind ? newestVersion : found.templateCommit === found.createdCommit ? found.createdVersion : found.templateCommit.slice(0, 7),
    isBehind,
    isEjected: found.isEjected,
    createdBy: found.createdBy,
    pullRequest: open === undefined || open.number === null ? null : { number: open.number, url: open.url ?? '', repository: open.repository },
  }
}
