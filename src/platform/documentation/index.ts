export * from './documentation.ts'
export type { DocsReader } from './docs-reader.ts'
export type { DocHit } from './documentation-store.ts'
