export * from './scaffolder.ts'
export * from './seed-organisation.ts'
