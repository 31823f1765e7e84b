export * from './state-faults.ts'
export type * from './state-rules.ts'
export { StateStore } from './state-store.ts'
export * from './states.ts'
