export { startRequestFlush, type RequestFlushDeps } from './request-flush.ts'
export { RequestHealth, type RequestHealthDeps } from './request-health.ts'
export { RequestMetrics, type RequestSample } from './request-metrics.ts'
export { requestRoutes } from './request-routes.ts'
