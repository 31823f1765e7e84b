export * from './region.ts'
export { regionRoutes } from './region-routes.ts'
