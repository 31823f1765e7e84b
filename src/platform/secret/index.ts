export { Keyring } from './keyring.ts'
export * from './secret-faults.ts'
export * from './secret-store.ts'
export * from './secrets.ts'
