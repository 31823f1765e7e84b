export * from './progress.ts'
export * from './report.ts'
export { walk } from './walk.ts'
