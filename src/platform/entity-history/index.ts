export * from './entity-history.ts'
export { fieldDiff, type FieldChange } from './field-diff.ts'
