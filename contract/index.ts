export * from './client.ts'
export * from './stream.ts'
export type * from './generated/operations.ts'
