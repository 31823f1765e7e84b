export type { Jurisdiction, Region } from './region.ts'
export * from './regions.ts'
