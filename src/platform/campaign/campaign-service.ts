import type { Clock } from '#kernel/common/clock'
import type { RecordedEvent } from '#kernel/common/event'
import type { Caller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { formatEntityRef } from '#platform/catalog'
import type { Change, ChangeService } from '#platform/change'
import type { CampaignDeps } from './campaign-kind.ts'
import { campaignFaults } from './campaign-faults.ts'
import {
  countItems,
  endLineage,
  findChild,
  listCampaigns,
  listChildren,
  listItems,
  listOpenOf,
  resumeLineage,
  settleItem,
  type CampaignItem,
  type CampaignRow,
  type ItemState,
} from './campaign-store.ts'
import type { Child } from './child.ts'

export interface CampaignServiceDeps extends CampaignDeps {
  changes: Pick<ChangeService, 'create' | 'get' | 'list' | 'cancel'>
  journal: Journal
  clock: Clock
}

export interface ChildState {
  child: Child
  isBehind: boolean
  /** The proposal that is open for it. */
  open: CampaignItem | undefined
}

/** Use cases of campaigns and lineage. */
export class CampaignService {
  readonly #deps: CampaignServiceDeps

  constructor(deps: CampaignServiceDeps) {
    this.#deps = deps
  }

  async start(
    caller: Pick<Caller, 'principal'>,
    request: { template: string; components?: string[] | undefined; reason?: string | undefined },
    idempotencyKey?: string,
  ): Promise<Change> {
    const { template, components, reason } = request
    return await this.#deps.changes.create(caller, {
      kind: 'campaign',
      input: { template, ...(components === undefined ? {} : { components }) },
      reason,
      idempotencyKey,
    })
  }

  async list(page: {
    limit: number
    cursor?: string | undefined
  }): Promise<{ items: { change: Change; campaign: CampaignRow; counts: Partial<Record<ItemState, number>> }[]; nextCursor: string | null }> {
    const { items, nextCursor } = await this.#deps.changes.list({ kind: 'campaign' }, page)
    const ids = items.map((change) => change.id)
    const [campaigns, counts] = await Promise.all([listCampaigns(this.#deps.db, ids), countItems(this.#deps.db, ids)])
    const shown = items.flatMap((change) => {
      const campaign = campaigns.get(change.id)
      return campaign ? [{ change, campaign, counts: counts.get(change.id) ?? {} }] : []
    })
    return { items: shown, nextCursor }
  }

  /** @throws `platform.campaign.not_found`. */
  async get(id: string): Promise<{ change: Change; campaign: CampaignRow; items: CampaignItem[] }> {
    const campaign = (await listCampaigns(this.#deps.db, [id])).get(id)
    if (!campaign) throw campaignFaults.not_found({ id })
    const [change, items] = await Promise.all([this.#deps.changes.get(id), listItems(this.#deps.db, id)])
    return { change, campaign, items: await this.#followed(items) }
  }

  /** Stops proposing, and closes what is open of it. What was merged stays. */
  async cancel(caller: Pick<Caller, 'principal'>, id: string, reason: string | undefined): Promise<Change> {
    const { change, items } = await this.get(id)
    const after = change.finishedAt === null ? await this.#deps.changes.cancel(caller, id, reason) : change
    for (const item of items) if (item.number !== null && (item.state === 'open' || item.state === 'conflict')) await this.#close(item, caller.principal)
    return after
  }

  /** Everything that follows a template, with who is behind. */
  async children(template: string): Promise<{ ref: string; commit: string; version: string; items: ChildState[] }> {
    const newest = await this.#deps.newest(template)
    const children = await listChildren(this.#deps.db, this.#deps.catalog, newest.ref)
    const open = await listOpenOf(this.#deps.db, newest.ref)
    return {
      ...newest,
      items: await Promise.all(
        children.map(async (child) => ({
          child,
          isBehind: (await this.#deps.revisionAt(child.templateRef, child.templateCommit)) !== newest.commit,
          open: open.get(child.componentRef),
        })),
      ),
    }
  }

  /** Where one child stands. @throws `platform.campaign.no_lineage`. */
  async lineage(ref: {
    kind: string
    namespace: string
    name: string
  }): Promise<{ child: Child; newest: { commit: string; version: string } | null; isBehind: boolean }> {
    const componentRef = formatEntityRef(ref)
    const child = await findChild(this.#deps.db, this.#deps.catalog, componentRef)
    if (!child) throw campaignFaults.no_lineage({ ref: componentRef })
    const newest = await this.#deps.newest(child.templateRef).catch(() => null)
    const isBehind = newest !== null && (await this.#deps.revisionAt(child.templateRef, child.templateCommit)) !== newest.commit
    return { child, newest, isBehind }
  }

  /** Ends, or resumes, that a child follows its template. @throws `platform.campaign.no_lineage`. */
  async eject(
    caller: Pick<Caller, 'principal'>,
    ref: { kind: string; namespace: string; name: string },
    request: { reason: string; isEjected: boolean },
  ): Promise<void> {
    const { child } = await this.lineage(ref)
    const { db, journal, clock } = this.#deps
    if (child.isEjected === request.isEjected) return
    await db.transaction().execute(async (tx) => {
      if (request.isEjected) await endLineage(tx, { componentRef: child.componentRef, endedBy: caller.principal, reason: request.reason, endedAt: clock.now() })
      else await resumeLineage(tx, child.componentRef)
      await journal.append(tx, {
        type: request.isEjected ? 'platform.lineage.ended' : 'platform.lineage.resumed',
        subject: `entity/${child.componentRef}`,
        actor: caller.principal,
        data: { ref: child.componentRef, template: child.templateRef, commit: child.templateCommit, reason: request.reason },
      })
    })
  }

  /** Follows what becomes of the proposals. Give it every event. */
  readonly onEvent = async (event: Pick<RecordedEvent, 'type' | 'data'>): Promise<void> => {
    const state = STATE_OF[event.type]
    const { repository, number } = event.data
    if (state === undefined || typeof repository !== 'string' || typeof number !== 'number') return
    await settleItem(this.#deps.db, { repository, number }, state)
  }

  /** Proposals on other hosts tell nobody what became of them: they are asked when somebody looks. */
  async #followed(items: readonly CampaignItem[]): Promise<CampaignItem[]> {
    return await Promise.all(
      items.map(async (item) => {
        const isForeign = item.repository.split('/').length > 2
        if (!isForeign || item.number === null || (item.state !== 'open' && item.state !== 'conflict')) return item
        const place = await this.#deps.placeOf(item.repository)
        const pull = await place?.host.pullRequests.find({ owner: place.owner, name: place.name, number: item.number }).catch(() => undefined)
        if (!pull || pull.state === 'open') return item
        await settleItem(this.#deps.db, { repository: item.repository, number: item.number }, pull.state)
        return { ...item, state: pull.state }
      }),
    )
  }

  async #close(item: CampaignItem, actor: string): Promise<void> {
    const place = await this.#deps.placeOf(item.repository)
    if (!place || item.number === null) return
    await place.host.pullRequests.close({ owner: place.owner, name: place.name, number: item.number, actor })
    await settleItem(this.#deps.db, { repository: item.repository, number: item.number }, 'closed')
  }
}

const STATE_OF: Readonly<Record<string, 'open' | 'merged' | 'closed'>> = {
  'delivery.pull_request.merged': 'merged',
  'delivery.pull_request.closed': 'closed',
  'delivery.pull_request.reopened': 'open',
}
