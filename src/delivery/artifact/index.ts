export * from './artifact.ts'
export * from './artifact-faults.ts'
export { DEFAULT_BUILDER_ID, type ArtifactDeps } from './artifact-service.ts'
export * from './create-artifacts.ts'
