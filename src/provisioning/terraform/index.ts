export * from './terraform-driver.ts'
export * from './terraform-faults.ts'
export { findTofu } from './tofu-binary.ts'
export type { StateAccess } from './tofu-session.ts'
