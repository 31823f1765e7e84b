export * from './state-faults.ts'
export type * from './state-rules.ts'
export { StateStore, type StateDeps } from './state-store.ts'
export * from './states.ts'
