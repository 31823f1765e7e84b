export * from './volume-driver.ts'
