export * from './create-registry.ts'
export * from './oci-manifest.ts'
export * from './registry-faults.ts'
export { digestOf, Registry } from './registry.ts'
