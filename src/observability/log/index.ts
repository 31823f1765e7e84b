export { createLogIngest, type LogIngest } from './log-ingest.ts'
export { logRoutes } from './log-routes.ts'
