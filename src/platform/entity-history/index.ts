export * from './entity-history.ts'
