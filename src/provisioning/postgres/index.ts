export * from './postgres-driver.ts'
