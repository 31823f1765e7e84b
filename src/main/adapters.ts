import path from 'node:path'
import type { Driver } from '#kernel/common/driver'
import type { Journal } from '#kernel/node/journal'
import { createRolloutDrivers, type HealthJudge } from '#delivery/rollout'
import { PostgresDriver } from '#provisioning/postgres'
import { RouteDriver } from '#provisioning/route'
import { SecretValueDriver } from '#provisioning/secret-value'
import { TerraformDriver, type TerraformDriverDeps } from '#provisioning/terraform'
import { VolumeDriver } from '#provisioning/volume'
import type { ResourceSecrets } from '#provisioning/resource'
import type { Ingress } from '#runtime/ingress'
import type { ProcessRuntime } from '#runtime/runtime'
import type { Foundation } from './foundation.ts'
import { hostClaims } from './host-claims.ts'

/** The one list of adapters: what recipes may name, and what a rollout is made of. A new driver is one line here. */
export function resourceDrivers(base: Foundation, deps: { secrets: ResourceSecrets; ingress: Ingress; terraform: TerraformDriverDeps }): Driver[] {
  return [
    new PostgresDriver({ adminUrl: base.adminUrl, secrets: deps.secrets, closed: [databaseOf(base.databaseUrl), 'postgres', 'template1'] }),
    new VolumeDriver(volumesFolder(base)),
    new SecretValueDriver({ secrets: deps.secrets }),
    new RouteDriver({ hosts: hostClaims(deps.ingress.routes, () => deps.ingress.port) }),
    new TerraformDriver(deps.terraform),
  ]
}

export function rolloutDrivers(base: Foundation, deps: { runtime: ProcessRuntime; ingress: Ingress; judge: HealthJudge; journal: Journal }): Driver[] {
  return createRolloutDrivers({
    runtime: deps.runtime,
    endpoints: deps.runtime,
    routes: deps.ingress.routes,
    judge: deps.judge,
    db: base.db,
    clock: base.clock,
    log: base.log,
  })
}

export function volumesFolder(base: Foundation): string {
  return path.join(base.settings.dataDir, 'volumes')
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1))
}
