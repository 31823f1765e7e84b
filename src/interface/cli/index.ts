export { runCli } from './cli.ts'
export type { OfflineTools } from './offline.ts'
