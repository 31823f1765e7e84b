import type { ChangeKind } from '#platform/change'
import type { Route } from '#kernel/node/http'
import { createCampaignKind, type CampaignDeps, type CampaignInput } from './campaign-kind.ts'
import { campaignRoutes } from './campaign-routes.ts'
import { CampaignService, type CampaignServiceDeps } from './campaign-service.ts'
import { UpgradeDriver } from './upgrade-driver.ts'

export type { CampaignDeps, CampaignInput }
export type { PlacedRepository } from './plan-upgrade.ts'

/** Lineage and campaigns: what was made from a template is kept up to date by pull requests. Register the kind under `campaign`, the driver by its name. */
export function createCampaigns(deps: CampaignDeps): {
  kind: ChangeKind<CampaignInput>
  driver: UpgradeDriver
  /** The routes need the change service, which needs the kind: so they come last. */
  open(more: Pick<CampaignServiceDeps, 'changes' | 'journal' | 'clock'>): { routes: Route[]; onEvent: CampaignService['onEvent'] }
} {
  return {
    kind: createCampaignKind(deps),
    driver: new UpgradeDriver(deps),
    open: (more) => {
      const service = new CampaignService({ ...deps, ...more })
      return { routes: campaignRoutes(service), onEvent: service.onEvent }
    },
  }
}
