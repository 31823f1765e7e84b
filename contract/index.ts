export * from './client.ts'
export * from './stream.ts'
export type { Operations } from './generated/operations.ts'
