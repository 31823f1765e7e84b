export * from './documentation.ts'
export type { DocsReader } from './docs-reader.ts'
