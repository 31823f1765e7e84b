export { testTemplate, type TemplateTestReport, type TemplateTestResult } from './test-template.ts'
