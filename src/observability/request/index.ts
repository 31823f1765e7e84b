export { startRequestFlush } from './request-flush.ts'
export { RequestHealth } from './request-health.ts'
export { RequestMetrics } from './request-metrics.ts'
export { requestRoutes } from './request-routes.ts'
