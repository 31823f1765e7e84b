import type { Clock } from '#kernel/common/clock'
import type { Driver } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import type { EndpointSource, Runtime } from '#runtime/runtime'
import { analysisDriver } from './analysis-driver.ts'
import { AnalysisStore } from './analysis-store.ts'
import { EffectStore } from './effect-store.ts'
import { guardedDriver } from './guarded-driver.ts'
import type { HealthJudge } from './health-judge.ts'
import { releaseProbe } from './probe-release.ts'
import { retireDriver } from './retire-driver.ts'
import { trafficDriver, type TrafficRoutes } from './traffic-driver.ts'
import { workloadDriver } from './workload-driver.ts'

/** The drivers `workload`, `traffic`, `analysis` and `retire`, of which a rollout is made. */
export function createRolloutDrivers(deps: {
  runtime: Runtime
  endpoints: EndpointSource
  routes: TrafficRoutes
  judge: HealthJudge
  db: Database
  clock: Clock
  log: Logger
}): Driver[] {
  const { runtime, routes, clock, log, judge } = deps
  const effects = new EffectStore(deps.db)
  return [
    workloadDriver({ runtime, clock, effects }),
    trafficDriver({ routes, effects }),
    analysisDriver({ judge, probe: releaseProbe(deps.endpoints), store: new AnalysisStore(deps.db), clock, log }),
    retireDriver({ runtime, routes }),
  ].map(guardedDriver)
}
