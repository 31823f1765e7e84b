import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import type { FieldProblem } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'
import { fillDefaults } from './fill-defaults.ts'
import { schemaPattern } from './schema-pattern.ts'

const engine = Object.assign((source: string) => schemaPattern(source), { code: 'new RegExp' })

// RJSF's own words (ui:field and the like) are for forms: unknown keywords are let through.
const makeAjv = (): Ajv => {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    coerceTypes: false,
    validateFormats: true,
    logger: false,
    validateSchema: false,
    code: { regExp: engine },
  })
  formats.default(ajv)
  return ajv
}

/** What is wrong with a page's JSON Schema, in words. Pure. */
export function problemsOfSchema(schema: JsonObject): string[] {
  const compiled = compile(makeAjv(), schema)
  return typeof compiled === 'string' ? [compiled] : []
}

/**
 * Checks values against the pages and fills in defaults, conditional ones too, unless told not to. Every wrong field is told.
 * `fields` are paths below `values`, e.g. `values.name`.
 */
export function checkValues(
  pages: readonly JsonObject[],
  values: JsonObject,
  options: { fillsDefaults: boolean } = { fillsDefaults: true },
): { values: JsonObject; problems: FieldProblem[] } {
  let filled = structuredClone(values) as JsonObject
  const problems: FieldProblem[] = []
  for (const page of pages) {
    const ajv = makeAjv()
    const validate = compile(ajv, page)
    if (typeof validate === 'string') {
      problems.push({ field: 'values', message: validate })
      continue
    }
    if (options.fillsDefaults) filled = fillDefaults(page, filled, (schema, value) => holds(ajv, page, schema, value))
    if (!validate(filled)) problems.push(...tellingOf(validate.errors ?? []).map((error) => toProblem(error, page)))
  }
  return {
    values: filled,
    problems: problems.filter((problem, index) => problems.findIndex((other) => other.field === problem.field && other.message === problem.message) === index),
  }
}

/** Whether a part of a page's schema holds; definitions of the page are in sight. */
function holds(ajv: Ajv, page: JsonObject, schema: JsonObject, value: Json): boolean {
  const definitions = Object.fromEntries(['definitions', '$defs'].flatMap((key) => (page[key] === undefined ? [] : [[key, page[key]]])))
  const validate = compile(ajv, { ...definitions, ...schema })
  return typeof validate !== 'string' && validate(value)
}

/**
 * The errors that help. A choice that fails tells the errors of every branch: the branch that the values mean is the one whose fixed values hold.
 * `if` failing says only that a branch did.
 */
function tellingOf(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf')
  return choices.reduce(
    (kept, choice) => {
      const branchOf = (error: ErrorObject): string | undefined =>
        error.schemaPath.startsWith(`${choice.schemaPath}/`) ? error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] : undefined
      const branches = Map.groupBy(kept, branchOf)
      const meant = [...branches].filter(([branch, own]) => branch !== undefined && !own.some((error) => error.keyword === 'enum' || error.keyword === 'const'))
      const [only] = meant
      return meant.length === 1 && only ? kept.filter((error) => error !== choice && [undefined, only[0]].includes(branchOf(error))) : kept
    },
    errors.filter((error) => error.keyword !== 'if'),
  )
}

function compile(ajv: Ajv, schema: JsonObject): ValidateFunction | string {
  try {
    return ajv.compile({ type: 'object', ...schema })
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
