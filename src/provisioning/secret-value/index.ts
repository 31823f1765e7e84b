export * from './secret-value-driver.ts'
