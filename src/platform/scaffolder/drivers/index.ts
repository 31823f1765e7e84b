export { createCreationDrivers, type CreationDrivers } from './create-drivers.ts'
export type { Outside } from './outside.ts'
