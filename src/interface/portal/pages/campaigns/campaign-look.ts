import type { CampaignItem, CampaignSummary, TemplateChildren } from '../../api/campaign-queries.ts'
import { plural } from '../../format/quantity.ts'
import type { Look } from '../../ui/looks.ts'

const campaignLooks: Record<CampaignSummary['state'], Look> = {
  planning: { tone: 'blue', shape: 'arc', word: 'Planning' },
  running: { tone: 'blue', shape: 'arc', word: 'Proposing' },
  done: { tone: 'green', shape: 'check', word: 'All proposed' },
  cancelled: { tone: 'grey', shape: 'dash', word: 'Cancelled' },
  failed: { tone: 'red', shape: 'cross', word: 'Failed' },
}
const itemLooks: Record<CampaignItem['state'], Look> = {
  waiting: { tone: 'grey', shape: 'ring', word: 'Not yet proposed' },
  'up-to-date': { tone: 'green', shape: 'check', word: 'Has it already' },
  open: { tone: 'purple', shape: 'person', word: 'Waits for its owner' },
  conflict: { tone: 'amber', shape: 'triangle', word: 'Settle by hand' },
  merged: { tone: 'green', shape: 'check', word: 'Merged' },
  closed: { tone: 'grey', shape: 'dash', word: 'Closed unmerged' },
  failed: { tone: 'red', shape: 'cross', word: 'Failed' },
}

export const campaignLook = (state: CampaignSummary['state']): Look => campaignLooks[state]
export const itemLook = (state: CampaignItem['state']): Look => itemLooks[state]

/** States of items in the order of what needs somebody. */
export const itemStates = ['conflict', 'failed', 'open', 'waiting', 'merged', 'up-to-date', 'closed'] as const satisfies readonly CampaignItem['state'][]

/** `3 of 5 merged, 1 to settle by hand`. */
export function campaignSentence({ total, merged, upToDate, open, conflict, failed, closed, waiting }: CampaignSummary['counts']): string {
  if (total === 0) return 'Nothing to propose'
  const parts = [
    `${merged + upToDate} of ${total} have it`,
    open === 0 ? '' : `${open} waiting for their owners`,
    conflict === 0 ? '' : `${conflict} to settle by hand`,
    waiting === 0 ? '' : `${waiting} not yet proposed`,
    closed === 0 ? '' : `${closed} closed`,
    failed === 0 ? '' : `${failed} failed`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

/** `12 of 40 are behind`; those that were taken off the golden path are not counted. */
export function childrenSentence({ items }: Pick<TemplateChildren, 'items'>): string {
  const following = items.filter((child) => !child.isEjected)
  const behind = following.filter((child) => child.isBehind).length
  const ejected = items.length - following.length
  const off = ejected === 0 ? '' : `; ${plural(ejected, 'has', 'have')} left the golden path`
  if (items.length === 0) return 'Nothing was made from it yet'
  if (following.length === 0) return `${allOf(items.length, 'has', 'have')} left the golden path`
  if (behind === 0) return `${allOf(following.length, 'is', 'are')} up to date${off}`
  return `${behind} of ${following.length} ${behind === 1 ? 'is' : 'are'} behind${off}`
}

function allOf(count: number, one: string, many: string): string {
  return count === 1 ? `The only one ${one}` : `All ${count} ${many}`
}

/** Children that a campaign would be for, unless others are chosen. */
export function isProposable(child: TemplateChildren['items'][number]): boolean {
  return child.isBehind && !child.isEjected
}
