export { traceFaults, traceRoutes } from './trace-routes.ts'
