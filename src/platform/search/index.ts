export * from './search.ts'
export type * from './search-source.ts'
