export { createLogIngest, type LogIngest } from './log-ingest.ts'
export type { WorkloadLine } from './log-line.ts'
export { logFaults, logRoutes } from './log-routes.ts'
