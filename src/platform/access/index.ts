export * from './access-faults.ts'
export * from './access.ts'
export type { AccessPolicy } from './cedar-engine.ts'
