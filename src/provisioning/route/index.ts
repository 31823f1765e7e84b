export * from './route-driver.ts'
