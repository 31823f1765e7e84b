export * from './scaffolder.ts'
export * from './seed-organisation.ts'
export { readTemplate } from './template-document.ts'
