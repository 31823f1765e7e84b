import { celEnv, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel'
import { strings } from '@bufbuild/cel/ext'
import type { Json } from '#kernel/common/json'
import { callsOf, costOf, namesOf } from './expression-tree.ts'

/** What a policy may speak of. `variables` are the policy's own; `action` is null when the policy is asked about the plan as a whole. */
const POLICY_NAMES = ['plan', 'action', 'change', 'component', 'environment', 'release', 'variables'] as const

/** CEL's own type names, which are values too: `type(x) == int`. */
const TYPE_NAMES = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type', 'google']

/** An evaluation that could take more elementary steps than this is refused: about a tenth of a second. */
const MAX_COST = 200_000

export type Evaluation = { outcome: 'value'; value: unknown } | { outcome: 'error'; message: string }

interface Expression {
  source: string
  /** Names of `POLICY_NAMES` that it speaks of. */
  names: readonly string[]
  evaluate(bindings: Bindings): Evaluation
}

export type Compilation = { outcome: 'compiled'; expression: Expression } | { outcome: 'failed'; message: string }

/** Values by name, as `toBindings` makes them, and the length of the longest list in them. */
export interface Bindings {
  values: Record<string, unknown>
  longest: number
}

const environment = celEnv({ funcs: [...strings] })
const compiled = new Map<string, Compilation>()
const MAX_COMPILED = 1_000

/** Compiles a CEL expression; kept, since policies hardly ever change. Never throws. */
export function compileExpression(source: string): Compilation {
  const known = compiled.get(source)
  if (known) return known
  if (compiled.size >= MAX_COMPILED) compiled.clear()
  const compilation = compile(source)
  compiled.set(source, compilation)
  return compilation
}

function compile(source: string): Compilation {
  try {
    const parsed = parse(source)
    const names = namesOf(parsed.expr)
    const unknown = names.find((name) => !(POLICY_NAMES as readonly string[]).includes(name) && !TYPE_NAMES.includes(name))
    if (unknown !== undefined) return { outcome: 'failed', message: `nothing is called "${unknown}"; there are: ${POLICY_NAMES.join(', ')}` }
    const missing = callsOf(parsed.expr).find((call) => environment.funcs.find(call) === undefined)
    if (missing !== undefined) return { outcome: 'failed', message: `there is no function "${missing}"` }
    const program = plan(environment, parsed)
    return { outcome: 'compiled', expression: { source, names, evaluate: (bindings) => evaluate(program, (size) => costOf(parsed.expr, size), bindings) } }
  } catch (error) {
    return { outcome: 'failed', message: `not a CEL expression: ${textOf(error)}` }
  }
}

function evaluate(program: (bindings: never) => unknown, cost: (size: number) => number, bindings: Bindings): Evaluation {
  const steps = cost(bindings.longest)
  if (steps > MAX_COST)
    return { outcome: 'error', message: `too costly: up to ${Math.round(steps)} steps for lists of ${bindings.longest}, and ${MAX_COST} are allowed` }
  try {
    const result = program(bindings.values as never)
    if (isCelError(result)) return { outcome: 'error', message: textOf(result) }
    return { outcome: 'value', value: result }
  } catch (error) {
    return { outcome: 'error', message: textOf(error) }
  }
}

/** Turns JSON into what CEL computes with: whole numbers are `int`, others `double`. */
export function toBindings(values: Readonly<Record<string, Json>>): Bindings {
  let longest = 1
  const convert = (value: Json): unknown => {
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) {
      longest = Math.max(longest, value.length)
      return (value as readonly Json[]).map(convert)
    }
    const entries = Object.entries(value as { [key: string]: Json }).filter(([, member]) => member !== undefined)
    longest = Math.max(longest, entries.length)
    return Object.fromEntries(entries.map(([key, member]) => [key, convert(member)]))
  }
  const converted = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value)]))
  return { values: converted, longest }
}

/** Adds a name; `made`, a list that an expression made and that is reached by it, counts for the bound too. */
export function withBinding(bindings: Bindings, name: string, value: unknown, made: unknown = value): Bindings {
  const size = isCelList(made) || isCelMap(made) ? made.size : 0
  return { values: { ...bindings.values, [name]: value }, longest: Math.max(bindings.longest, size) }
}

function textOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 300)
}
