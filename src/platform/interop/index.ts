export { interopRoutes } from './interop-routes.ts'
export type { AdoptedLocations } from './backstage/adopt-backstage.ts'
