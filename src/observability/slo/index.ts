export { createSlos, type SloDeps } from './slos.ts'
export type { SloSource } from './slo-source.ts'
export { parseOpenSlo } from './openslo.ts'
export { SloReader } from './slo-source.ts'
