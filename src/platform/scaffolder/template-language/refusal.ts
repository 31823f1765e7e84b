/** Ends a filter, function or method; the evaluator adds the place. */
export function refuse(message: string): never {
  const error = new Error(message)
  error.name = 'Refusal'
  throw error
}
