import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'

// RJSF's own words (ui:field and the like) are for forms: unknown keywords are let through.
const makeAjv = (useDefaults: boolean): Ajv => {
  const ajv = new Ajv({ allErrors: true, strict: false, useDefaults, coerceTypes: false, validateFormats: true, logger: false, validateSchema: false })
  formats.default(ajv)
  return ajv
}

/** What is wrong with a page's JSON Schema, in words. Pure. */
export function problemsOfSchema(schema: JsonObject): string[] {
  const compiled = compile(schema)
  return typeof compiled === 'string' ? [compiled] : []
}

/**
 * Checks values against the pages and fills in defaults (nested ones too). Every wrong field is told.
 * `fields` are paths below `values`, e.g. `values.name`.
 */
export function checkValues(
  pages: readonly JsonObject[],
  values: JsonObject,
  options: { fillsDefaults: boolean } = { fillsDefaults: true },
): { values: JsonObject; problems: FieldProblem[] } {
  const filled = structuredClone(values) as JsonObject
  const problems: FieldProblem[] = []
  for (const page of pages) {
    const validate = compile(page, options.fillsDefaults)
    if (typeof validate === 'string') problems.push({ field: 'values', message: validate })
    else if (!validate(filled)) problems.push(...(validate.errors ?? []).map((error) => toProblem(error, page)))
  }
  return {
    values: filled,
    problems: problems.filter((problem, index) => problems.findIndex((other) => other.field === problem.field && other.message === problem.message) === index),
  }
}

function compile(schema: JsonObject, useDefaults = true): ValidateFunction | string {
  try {
    return makeAjv(useDefaults).compile({ type: 'object', ...schema })
  } catch (error) {
    return `this is no JSON Schema: ${error instanceof Error ? error.message : 'it can not be read'}`
  }
}

function toProblem(error: ErrorObject, page: JsonObject): FieldProblem {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const missing = error.keyword === 'required' ? [(error.params as { missingProperty: string }).missingProperty] : []
  const field = ['values', ...path, ...missing].join('.')
  const title = titleOf(page, [...path, ...missing])
  return { field, message: `${title === undefined ? '' : `${title}: `}${messageOf(error)}` }
}

function messageOf(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'required':
      return 'is needed'
    case 'pattern':
      return `must look like ${String(params['pattern'])}`
    case 'enum':
      return `must be one of ${(params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`
    case 'minLength':
      return params['limit'] === 1 ? 'must not be empty' : `must have ${String(params['limit'])} characters at least`
    case 'maxLength':
      return `must have ${String(params['limit'])} characters at most`
    default:
      return error.message ?? 'is wrong'
  }
}

function titleOf(page: JsonObject, path: readonly string[]): string | undefined {
  let node: unknown = page
  for (const part of path) node = ((node as { properties?: Record<string, unknown> } | undefined)?.properties ?? {})[part]
  const title = (node as { title?: unknown } | undefined)?.title
  return typeof title === 'string' ? title : undefined
}
