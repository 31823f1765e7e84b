export { createLogIngest, type LogIngest } from './log-ingest.ts'
export type { WorkloadLine } from './log-line.ts'
export { logRoutes } from './log-routes.ts'
