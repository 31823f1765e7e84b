export * from './account.ts'
export * from './accounts.ts'
