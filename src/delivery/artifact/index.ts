export * from './artifact.ts'
export * from './artifact-faults.ts'
export { type ArtifactDeps } from './artifact-service.ts'
export * from './create-artifacts.ts'
