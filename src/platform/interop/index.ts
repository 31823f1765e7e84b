export { interopRoutes, type InteropDeps } from './interop-routes.ts'
export type { AdoptedLocations } from './backstage/adopt-backstage.ts'
export type { ScorecardRule, ScorecardSpec } from './scorecard.ts'
