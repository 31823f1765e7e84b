export { createSlos, type SloDeps, type SloSource } from './slos.ts'
