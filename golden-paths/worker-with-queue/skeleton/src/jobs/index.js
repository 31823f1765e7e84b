import { digest } from './digest.js'
import { notify } from './notify.js'

/**
 * What can be done, by kind. A job may run more than once (its worker may die before it could say that it was done), so make it idempotent.
 * It gets its payload and a signal that aborts when the worker stops or has lost the job; what it returns is kept as its result.
 */
export const jobs = { digest, notify }
