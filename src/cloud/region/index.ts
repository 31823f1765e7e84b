export type { Region } from './region.ts'
export * from './regions.ts'
