export * from './access-faults.ts'
export * from './access.ts'
