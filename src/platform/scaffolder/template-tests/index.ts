export { testTemplate } from './test-template.ts'
