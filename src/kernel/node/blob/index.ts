export * from './blob-faults.ts'
export * from './blob-store.ts'
export * from './disk-blob-store.ts'
export * from './memory-blob-store.ts'
