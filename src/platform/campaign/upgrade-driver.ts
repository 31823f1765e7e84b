import type { ApplyContext, Driver, Observation, Outcome, PlannedAction, PlanRequest } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { CatalogReader } from '#platform/catalog'
import { asJson, findChild, saveItem, type CampaignItem } from './campaign-store.ts'
import { upgradeBranch, type Child } from './child.ts'
import { conflictsOf, planUpgrade, type Upgrade, type UpgradeDeps } from './plan-upgrade.ts'
import { upgradeText } from './upgrade-text.ts'

export interface UpgradeDriverDeps extends UpgradeDeps {
  catalog: Pick<CatalogReader, 'listByRefs'>
  /** E.g. `Olga`, of `user:default/olga`. */
  nameOf(principal: string): Promise<string>
}

/** Opens the pull request that upgrades one child. A child that can't be upgraded is told as such; it does not end the campaign of the others. */
export class UpgradeDriver implements Driver {
  readonly name = 'template-upgrade'
  readonly #deps: UpgradeDriverDeps

  constructor(deps: UpgradeDriverDeps) {
    this.#deps = deps
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const { toCommit } = request.desired as { toCommit: string }
    const child = await findChild(this.#deps.db, this.#deps.catalog, request.target)
    const upgrade: Upgrade = child ? await planUpgrade(this.#deps, child, toCommit) : { state: 'failed', reason: 'it is in the catalog no more' }
    return upgradeAction(request.target, { ...request.desired, repository: child?.repository ?? '' }, upgrade)
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const { toCommit, requestedBy, repository = '' } = action.input as { toCommit: string; requestedBy: string; repository?: string }
    const changeId = context.key.slice(0, context.key.indexOf(':'))
    const item = await this.#upgrade(action.target, repository, { toCommit, requestedBy })
    await saveItem(this.#deps.db, changeId, item)
    return { outcome: 'done', message: item.message, outputs: asJson(item) as JsonObject }
  }

  async observe(target: string): Promise<Observation> {
    const child = await findChild(this.#deps.db, this.#deps.catalog, target)
    return {
      exists: child !== undefined,
      fingerprint: child?.templateCommit ?? '',
      state: child ? { commit: child.templateCommit, repository: child.repository } : {},
    }
  }

  /** What a campaign opened stays open: a proposal hurts nobody, and somebody may be reading it. */
  async remove(): Promise<void> {}

  async #upgrade(componentRef: string, repository: string, to: { toCommit: string; requestedBy: string }): Promise<CampaignItem> {
    const item = { componentRef, repository, number: null, url: null, conflicts: [] }
    const child = await findChild(this.#deps.db, this.#deps.catalog, componentRef)
    if (!child) return { ...item, state: 'failed', message: 'It is in the catalog no more' }
    if (child.isEjected) return { ...item, state: 'failed', message: 'It follows its template no more' }
    const upgrade = await planUpgrade(this.#deps, child, to.toCommit)
    if (upgrade.state === 'up-to-date') return { ...item, state: 'up-to-date', message: 'Has all that the template has' }
    if (upgrade.state === 'failed') return { ...item, state: 'failed', message: upgrade.reason }
    try {
      return await this.#propose(child, upgrade, to)
    } catch (error) {
      if (!isFault(error)) throw error
      return { ...item, state: 'failed', message: error.message }
    }
  }

  async #propose(child: Child, upgrade: Extract<Upgrade, { state: 'upgrade' }>, to: { toCommit: string; requestedBy: string }): Promise<CampaignItem> {
    const { merge, place } = upgrade
    const conflicts = conflictsOf(merge)
    const item = { componentRef: child.componentRef, repository: child.repository, conflicts }
    if (merge.writes.length === 0) {
      const message = conflicts.length === 0 ? 'Has all that the template has' : `${countOf(conflicts.length, 'file')} to be settled by hand`
      return { ...item, state: conflicts.length === 0 ? 'up-to-date' : 'conflict', number: null, url: null, message }
    }
    const at = { owner: place.owner, name: place.name }
    const branch = upgradeBranch(child.templateRef, to.toCommit)
    const text = upgradeText(child, { version: upgrade.toVersion, commit: to.toCommit }, upgrade)
    await place.host.ensureBranch({ ...at, branch, from: upgrade.head, actor: to.requestedBy })
    const author = { name: await this.#deps.nameOf(to.requestedBy), email: `${to.requestedBy.slice(to.requestedBy.indexOf('/') + 1)}@fairway.localhost` }
    const files = merge.writes.map(({ path, file }) => ({
      path,
      content: file?.content ?? null,
      mode: file?.isExecutable === true ? ('100755' as const) : ('100644' as const),
    }))
    // Commits nothing where an earlier try has done it already.
    await place.host.commitFiles({ ...at, branch, message: text.title, author, files, pusher: to.requestedBy })
    const opened = await place.host.pullRequests.open({
      ...at,
      ...text,
      sourceBranch: branch,
      targetBranch: upgrade.branch,
      author: to.requestedBy,
      labels: ['template-upgrade'],
    })
    return {
      ...item,
      state: conflicts.length > 0 ? 'conflict' : 'open',
      number: opened.number,
      url: opened.url,
      message: `Pull request ${opened.number}: ${countOf(merge.writes.length, 'file')}${conflicts.length === 0 ? '' : `, ${countOf(conflicts.length, 'file')} to be settled by hand`}`,
    }
  }
}

/** The action that upgrades a child, as a plan shows it. */
export function upgradeAction(componentRef: string, input: JsonObject, upgrade: Upgrade): PlannedAction {
  const name = componentRef.slice(componentRef.indexOf('/') + 1)
  const action = {
    id: `upgrade:${componentRef}`,
    driver: 'template-upgrade',
    target: componentRef,
    concern: 'code' as const,
    dependsOn: [],
    input,
    changes: [],
  }
  if (upgrade.state === 'up-to-date') return { ...action, verb: 'none', title: `${name} has all that the template has` }
  if (upgrade.state === 'failed') return { ...action, verb: 'run', title: `${name} can not be upgraded: ${upgrade.reason}` }
  const { writes, conflicts } = upgrade.merge
  return {
    ...action,
    verb: 'alter',
    title: `Propose ${countOf(writes.length, 'file')} to ${name}${conflicts.length === 0 ? '' : `; ${countOf(conflicts.length, 'file')} to be settled by hand`}`,
    changes: [
      ...writes.map(({ path, file }) => ({ path, after: file === null ? 'removed' : 'merged' })),
      ...conflicts.map(({ path, reason }) => ({ path, after: `left as it is: ${reason}` })),
    ],
  }
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
