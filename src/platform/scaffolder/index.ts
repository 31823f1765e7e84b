export * from './scaffolder.ts'
export * from './seed-organisation.ts'
export { checkTemplate } from './check-template.ts'
export * from './template-tests/index.ts'
