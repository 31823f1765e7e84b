export { Keyring, type Sealing } from './keyring.ts'
export * from './secret-faults.ts'
export * from './secret-store.ts'
export * from './secrets.ts'
