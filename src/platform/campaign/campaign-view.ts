import { z } from 'zod'
import type { Change } from '#platform/change'
import type { CampaignItem, CampaignRow, ItemState } from './campaign-store.ts'

const conflict = z.object({ path: z.string(), reason: z.string() })
const itemState = z.enum(['waiting', 'up-to-date', 'open', 'conflict', 'merged', 'closed', 'failed'])
const counts = z.object({
  total: z.number(),
  waiting: z.number(),
  upToDate: z.number(),
  open: z.number(),
  conflict: z.number(),
  merged: z.number(),
  closed: z.number(),
  failed: z.number(),
})

const campaignFields = {
  id: z.string(),
  template: z.string(),
  toVersion: z.string(),
  toCommit: z.string(),
  /** `done`: all proposals are made; what becomes of them is in the counts. */
  state: z.enum(['planning', 'running', 'done', 'cancelled', 'failed']),
  title: z.string(),
  summary: z.string(),
  reason: z.string().nullable(),
  startedBy: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  counts,
  message: z.string().nullable(),
}
export const campaignSchema = z.object(campaignFields).meta({ id: 'Campaign' })
export const campaignDetailSchema = z.object({
  ...campaignFields,
  items: z.array(
    z.object({
      component: z.string(),
      repository: z.string(),
      state: itemState,
      pullRequest: z.object({ number: z.number(), url: z.string() }).nullable(),
      conflicts: z.array(conflict),
      message: z.string(),
    }),
  ),
})

const STATES: Partial<Record<Change['state'], z.infer<typeof campaignSchema>['state']>> = {
  planning: 'planning',
  checking: 'planning',
  waiting: 'planning',
  applying: 'running',
  verifying: 'running',
  done: 'done',
  cancelled: 'cancelled',
}

/** A campaign as lists show it. Pure. */
export function viewCampaign(change: Change, campaign: CampaignRow, states: Partial<Record<ItemState, number>>): z.infer<typeof campaignSchema> {
  const planned = change.plan?.actions.length ?? 0
  const known = Object.values(states).reduce((sum, count) => sum + count, 0)
  const of = (state: ItemState): number => states[state] ?? 0
  const isOver = change.finishedAt !== null
  return {
    id: change.id,
    template: campaign.template,
    toVersion: campaign.toVersion,
    toCommit: campaign.toCommit,
    state: STATES[change.state] ?? 'failed',
    title: change.title,
    summary: change.plan?.summary ?? '',
    reason: change.reason,
    startedBy: change.requestedBy,
    startedAt: change.requestedAt.toISOString(),
    finishedAt: change.finishedAt?.toISOString() ?? null,
    counts: {
      total: Math.max(planned, known),
      waiting: isOver ? 0 : Math.max(0, planned - known),
      upToDate: of('up-to-date'),
      open: of('open'),
      conflict: of('conflict'),
      merged: of('merged'),
      closed: of('closed'),
      failed: of('failed'),
    },
    message: change.result?.message ?? null,
  }
}

/** With every child: those that are done, then those that are to come. Pure. */
export function viewCampaignDetail(change: Change, campaign: CampaignRow, items: readonly CampaignItem[]): z.infer<typeof campaignDetailSchema> {
  const states: Partial<Record<ItemState, number>> = {}
  for (const item of items) states[item.state] = (states[item.state] ?? 0) + 1
  const done = new Set(items.map((item) => item.componentRef))
  const waiting = change.finishedAt === null ? (change.plan?.actions ?? []).filter((action) => !done.has(action.target)) : []
  return {
    ...viewCampaign(change, campaign, states),
    items: [
      ...items.map((item) => ({
        component: item.componentRef,
        repository: item.repository,
        state: item.state,
        pullRequest: item.number === null ? null : { number: item.number, url: item.url ?? '' },
        conflicts: item.conflicts,
        message: item.message,
      })),
      ...waiting.map((action) => ({
        component: action.target,
        repository: (action.input as { repository?: string }).repository ?? '',
        state: 'waiting' as const,
        pullRequest: null,
        conflicts: [],
        message: action.title,
      })),
    ],
  }
}
