import { z } from 'zod'
import type { ChangeKind, DraftPlan } from '#platform/change'
import { campaignFaults } from './campaign-faults.ts'
import { insertCampaign, listChildren } from './campaign-store.ts'
import type { Child } from './child.ts'
import { planUpgrade } from './plan-upgrade.ts'
import { upgradeAction, type UpgradeDriverDeps } from './upgrade-driver.ts'

const campaignInput = z.strictObject({
  template: z.string().min(1).max(200),
  /** Only these children; all that are behind unless told. */
  components: z.array(z.string().min(1).max(300)).max(5_000).optional(),
  /** Filled in when the campaign is asked for. */
  toCommit: z.string().optional(),
  toVersion: z.string().optional(),
})
export type CampaignInput = z.infer<typeof campaignInput>

export interface CampaignDeps extends UpgradeDriverDeps {
  /** The template as it is now. @throws what `TemplateLibrary.load` does. */
  newest(template: string): Promise<{ ref: string; commit: string; version: string }>
  /** The commit that altered a template last, as seen from a commit of its repository: others are none of its business. */
  revisionAt(template: string, commit: string): Promise<string>
}

/** A change that brings the children of a template up to it, one pull request each. */
export function createCampaignKind(deps: CampaignDeps): ChangeKind<CampaignInput> {
  return {
    kind: 'campaign',
    input: campaignInput,
    async prepare(asked) {
      const newest = await deps.newest(asked.template)
      const input = { ...asked, template: newest.ref, toCommit: newest.commit, toVersion: newest.version }
      if ((await childrenFor(deps, input)).length === 0) throw campaignFaults.no_children({ template: newest.ref })
      return input
    },
    async created(tx, { id, input }) {
      const { template, toCommit = '', toVersion = '' } = input as CampaignInput
      await insertCampaign(tx, { changeId: id, template, toCommit, toVersion })
    },
    describe: ({ template, toVersion }) => ({
      title: `Upgrade what was made from ${template.slice(template.indexOf('/') + 1)}${toVersion === undefined ? '' : ` to ${toVersion}`}`,
    }),
    resource: ({ template }) => ({ type: 'Template', id: template }),
    async plan(input, { requestedBy }): Promise<DraftPlan> {
      const toCommit = input.toCommit ?? (await deps.newest(input.template)).commit
      const actions = []
      const counts = { upgrade: 0, 'up-to-date': 0, failed: 0, conflicts: 0 }
      for (const child of await childrenFor(deps, input)) {
        const upgrade = await planUpgrade(deps, child, toCommit)
        counts[upgrade.state]++
        if (upgrade.state === 'upgrade' && upgrade.merge.conflicts.length > 0) counts.conflicts++
        if (upgrade.state === 'up-to-date') continue
        actions.push(upgradeAction(child.componentRef, { toCommit, requestedBy, repository: child.repository }, upgrade))
      }
      const parts = [
        `proposes ${counts.upgrade} ${counts.upgrade === 1 ? 'upgrade' : 'upgrades'}`,
        ...(counts.conflicts > 0 ? [`${counts.conflicts} with files to be settled by hand`] : []),
        ...(counts['up-to-date'] > 0 ? [`${counts['up-to-date']} have all already`] : []),
        ...(counts.failed > 0 ? [`${counts.failed} can not be upgraded`] : []),
      ]
      // Proposals are merged or closed by their owners: nobody has to approve asking, and there is nothing to take back.
      return { summary: parts.join(', '), actions, rollback: [], costCentsPerMonth: 0, approval: null, unchanged: actions.length === 0 }
    },
  }
}

/** The children that a campaign is for: not ejected, behind, and among those that were named. */
async function childrenFor(deps: CampaignDeps, input: CampaignInput): Promise<Child[]> {
  const wanted = input.components && new Set(input.components.map((ref) => (ref.includes(':') ? ref.toLowerCase() : `component:default/${ref.toLowerCase()}`)))
  const children = await listChildren(deps.db, deps.catalog, input.template)
  const asked = children.filter((child) => !child.isEjected && (wanted?.has(child.componentRef) ?? true))
  const revisions = await Promise.all(asked.map(async (child) => await deps.revisionAt(child.templateRef, child.templateCommit)))
  return asked.filter((_, index) => revisions[index] !== input.toCommit)
}
