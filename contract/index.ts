export * from './client.ts'
export type { Operations } from './generated/operations.ts'
