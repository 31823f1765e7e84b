import { ApiProblem } from '#contract'

export { ApiProblem }

/** True when the server could not be reached at all. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 0 && error.code === 'client.unreachable'
}
