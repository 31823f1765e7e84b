export * from './health-judge.ts'
export * from './rollout-drivers.ts'
export { sequentialTest, type SequentialTestInput, type SequentialVerdict } from './sequential-test.ts'
export type { TrafficRoutes } from './traffic-driver.ts'
