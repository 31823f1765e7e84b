export { createSlos, type SloDeps } from './slos.ts'
export type { SloSource } from './slo-source.ts'
