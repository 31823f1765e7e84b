export * from './health-judge.ts'
export * from './rollout-drivers.ts'
