export { createCreationDrivers, type CreationDrivers } from './create-drivers.ts'
export type { HostCall, Outside, WorkflowDispatch } from './outside.ts'
