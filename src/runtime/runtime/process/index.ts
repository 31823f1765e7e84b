export * from './process-deps.ts'
export * from './process-runtime.ts'
