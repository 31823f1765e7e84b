export { BatchQueue } from './batch-queue.ts'
export * from './telemetry.ts'
export type { Meter } from './meter.ts'
