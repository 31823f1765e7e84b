import type { FieldProblem } from '#kernel/common/fault'
import type { DispatchInput } from './workflow.ts'

/** A value of a `workflow_dispatch` input. */
export type InputValue = string | number | boolean

/** Checks what somebody gave for `workflow_dispatch` against the declared inputs, and fills in the defaults. All problems at once. */
export function resolveInputs(
  declared: Readonly<Record<string, DispatchInput>> | undefined,
  given: Readonly<Record<string, InputValue>>,
): { values: Record<string, InputValue>; problems: FieldProblem[] } {
  const problems: FieldProblem[] = []
  const values: Record<string, InputValue> = {}
  for (const name of Object.keys(given)) {
    if (!declared || !Object.hasOwn(declared, name))
      problems.push({ field: `inputs.${name}`, message: `is no input of this workflow; it has ${Object.keys(declared ?? {}).join(', ') || 'none'}` })
  }
  for (const [name, input] of Object.entries(declared ?? {})) {
    const value = given[name] ?? input.default
    if (value === undefined || value === '') {
      if (input.required && input.default === undefined) problems.push({ field: `inputs.${name}`, message: 'is required' })
      values[name] = input.type === 'boolean' ? false : ''
      continue
    }
    const converted = convert(input, value)
    if (typeof converted === 'object') problems.push({ field: `inputs.${name}`, message: converted.problem })
    else values[name] = converted
  }
  return { values, problems }
}

function convert(input: DispatchInput, value: InputValue): InputValue | { problem: string } {
  switch (input.type) {
    case 'boolean':
      if (value === true || value === 'true') return true
      if (value === false || value === 'false') return false
      return { problem: `has to be true or false, not "${value}"` }
    case 'number':
      return Number.isFinite(Number(value)) ? Number(value) : { problem: `has to be a number, not "${value}"` }
    case 'choice':
      return input.options?.includes(String(value)) ? String(value) : { problem: `has to be one of ${input.options?.join(', ')}, not "${value}"` }
    default:
      return String(value)
  }
}
