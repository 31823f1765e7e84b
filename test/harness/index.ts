export * from './adapter-report.ts'
export * from './real-tool.ts'
export * from './test-database.ts'
