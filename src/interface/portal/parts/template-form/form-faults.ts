import type { OutputUnit } from '@cfworker/json-schema'
import type { RJSFSchema } from '@rjsf/utils'
import { violations } from './form-validator.ts'

/** What is wrong with one field, in words for whoever fills it in. */
export interface FormFault {
  /** From the page's values to the field, e.g. `['addresses', '0']`. */
  path: string[]
  title: string
  message: string
}

/** Keywords that only say that something below them is wrong. */
const WRAPPERS = new Set([
  'properties',
  'patternProperties',
  'items',
  'prefixItems',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
  '$ref',
  'dependencies',
  'dependentSchemas',
])

/** All that is wrong with the values, in the order of the schema; one fault a field. */
export function formFaults(schema: RJSFSchema, values: unknown): FormFault[] {
  const found = telling(violations(schema, values)).map((unit) => faultOf(schema, unit))
  const order = Object.keys(schema.properties ?? {})
  const first = found.filter((fault, at) => found.findIndex((other) => other.path.join('/') === fault.path.join('/')) === at)
  return first.toSorted((a, b) => order.indexOf(a.path[0] ?? '') - order.indexOf(b.path[0] ?? ''))
}

/** Drops wrappers, and of a choice the branches that are not meant: those whose fixed values do not hold. */
function telling(units: readonly OutputUnit[]): OutputUnit[] {
  const choices = units.filter((unit) => unit.keyword === 'oneOf' || unit.keyword === 'anyOf').map((unit) => unit.keywordLocation)
  const kept = choices.reduce<OutputUnit[]>(
    (left, choice) => {
      const branchOf = (unit: OutputUnit): string | undefined =>
        unit.keywordLocation.startsWith(`${choice}/`) ? unit.keywordLocation.slice(choice.length + 1).split('/')[0] : undefined
      const branches = [...Map.groupBy(left, branchOf)].filter(([branch]) => branch !== undefined)
      const weight = (own: readonly OutputUnit[]): number => own.length + 1000 * own.filter(({ keyword }) => keyword === 'const' || keyword === 'enum').length
      const meant = branches.toSorted(([, a], [, b]) => weight(a) - weight(b))[0]?.[0]
      return left.filter((unit) => [undefined, meant].includes(branchOf(unit)))
    },
    [...units],
  )
  return kept.filter((unit) => !WRAPPERS.has(unit.keyword))
}

function faultOf(schema: RJSFSchema, unit: OutputUnit): FormFault {
  const missing = unit.keyword === 'required' ? /required property "(.+)"/.exec(unit.error)?.[1] : undefined
  const path = [...pointer(unit.instanceLocation), ...(missing === undefined ? [] : [missing])]
  const around = nodeAt(schema, pointer(unit.keywordLocation).slice(0, -1))
  const field = missing === undefined ? around : ((around['properties'] as Record<string, unknown> | undefined)?.[missing] ?? fieldAt(schema, path))
  const title = (field as { title?: unknown } | undefined)?.title ?? fieldAt(schema, path)?.['title']
  return { path, title: typeof title === 'string' ? title : (path.findLast((part) => !/^\d+$/.test(part)) ?? 'This form'), message: wordsFor(unit, around) }
}

function wordsFor({ keyword, error }: OutputUnit, schema: Record<string, unknown>): string {
  const said = schema['errorMessage']
  const own = typeof said === 'string' ? said : (said as Record<string, unknown> | undefined)?.[keyword]
  if (typeof own === 'string') return own
  const limit = String(schema[keyword])
  switch (keyword) {
    case 'required':
      return 'This is needed'
    case 'type':
      return (
        { number: 'This is not a number', integer: 'Only whole numbers', string: 'This is not a text' }[String(schema['type'])] ??
        `Has to be ${String(schema['type'])}`
      )
    case 'enum':
      return `Choose one of ${(schema['enum'] as unknown[]).map(String).join(', ')}`
    case 'const':
      return schema['const'] === true ? 'This has to be ticked' : `Has to be ${JSON.stringify(schema['const'])}`
    case 'minimum':
    case 'minContains':
      return `At least ${limit}`
    case 'maximum':
      return `At most ${limit}`
    case 'exclusiveMinimum':
      return `More than ${limit}`
    case 'exclusiveMaximum':
      return `Less than ${limit}`
    case 'multipleOf':
      return `A multiple of ${limit}`
    case 'minLength':
      return `At least ${limit} characters`
    case 'maxLength':
      return `At most ${limit} characters`
    case 'minItems':
      return `At least ${limit} of them`
    case 'maxItems':
      return `At most ${limit} of them`
    case 'uniqueItems':
      return 'Each of them only once'
    case 'pattern':
      return describePattern(limit)
    case 'format':
      return `This is no ${formats[limit] ?? limit}`
    default:
      return error
  }
}

const formats: Record<string, string> = {
  email: 'e-mail address',
  uri: 'web address',
  hostname: 'host name',
  date: 'date',
  'date-time': 'date and time',
  ipv4: 'IP address',
}

/** The usual name patterns in words; others as they are. */
function describePattern(pattern: string): string {
  if (/^\^\[?\(?\[?a-z/.test(pattern) && !pattern.includes('A-Z') && pattern.includes('-'))
    return 'Lower-case letters, digits and dashes, starting with a letter'
  return `Has to match ${pattern}`
}

function pointer(location: string): string[] {
  return location
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function nodeAt(schema: unknown, path: readonly string[]): Record<string, unknown> {
  let node = schema
  for (const part of path) {
    node = (node as Record<string, unknown> | undefined)?.[part]
    const ref = (node as { $ref?: unknown } | undefined)?.$ref
    if (typeof ref === 'string' && ref.startsWith('#/')) node = nodeAt(schema, pointer(ref))
  }
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : {}
}

function fieldAt(schema: RJSFSchema, path: readonly string[]): Record<string, unknown> | undefined {
  let node: unknown = schema
  for (const part of path) {
    const { properties, items } = (node ?? {}) as { properties?: Record<string, unknown>; items?: unknown }
    node = /^\d+$/.test(part) && items !== undefined ? items : properties?.[part]
  }
  return node as Record<string, unknown> | undefined
}
