export * from './placeholder.ts'
export * from './quantity.ts'
export * from './score.ts'
export * from './score-schema.ts'
