import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema'
import type { RJSFSchema, ValidatorType } from '@rjsf/utils'

const compiled = new WeakMap<object, Validator>()

/**
 * JSON Schema for RJSF without code made at run time: the portal's content security policy forbids `eval`, which ajv needs.
 * Only judges; words for people come from `form-faults.ts`.
 */
export const formValidator: ValidatorType = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: (schema: RJSFSchema, data?: unknown) => ({ errors: violations(schema, data) as never[] }),
  isValid: (schema: RJSFSchema, data: unknown, root: RJSFSchema) =>
    violations({ ...pick(root, 'definitions'), ...pick(root, '$defs'), ...schema } as RJSFSchema, data).length === 0,
}

/** Everything that is wrong with a value, as the validator says it; nothing for a schema that can't be read, which the server judges. */
export function violations(schema: RJSFSchema, data: unknown): OutputUnit[] {
  try {
    const validator = compiled.get(schema) ?? new Validator(schema as Schema, '7', false)
    compiled.set(schema, validator)
    return validator.validate(withoutHoles(data)).errors
  } catch {
    return []
  }
}

/** As it would arrive: members that hold `undefined` are not there. */
function withoutHoles(data: unknown): unknown {
  return data === undefined ? {} : (JSON.parse(JSON.stringify(data)) as unknown)
}

function pick(schema: RJSFSchema, key: '$defs' | 'definitions'): object {
  return schema[key] === undefined ? {} : { [key]: schema[key] }
}
