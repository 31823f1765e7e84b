import type { FieldProblem } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'

/** A value of a workload's environment: plain, the path of a secret, or text with secrets in it. The shape that runtimes take. */
export type BoundValue = { value: string } | { secretPath: string } | { text: readonly (string | { secretPath: string })[] }

/** What placeholders may name: the workload's own `metadata`, and `resources` by name with their outputs. */
export interface PlaceholderScope {
  metadata: JsonObject
  /** Outputs by resource name; a secret one is `{ secretPath }`. */
  resources: Readonly<Record<string, JsonObject>>
}

type Part = string | { secretPath: string }

// Score v1b1, framework/substitution.go: `$$` is a dollar, `$${x}` stays `${x}`, `${x}` is replaced, a lone `$` stays.
const TOKEN = /\$(?:\$(?=\{)|\$|\{([^}]*)\})/g

/**
 * Replaces `${metadata.…}` and `${resources.NAME.OUTPUT}` in one text. `${resources.NAME}` alone is the resource's `source` or `id`.
 * An unknown placeholder is a problem that names it and those that there are.
 */
export function bindText(text: string, scope: PlaceholderScope): { bound: BoundValue; problems: string[] } {
  const parts: Part[] = []
  const problems: string[] = []
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(end, match.index))
    end = match.index + match[0].length
    if (match[1] === undefined) {
      parts.push('$')
      continue
    }
    const found = lookUp(match[1], scope)
    if ('problem' in found) problems.push(found.problem)
    else parts.push(found.part)
  }
  parts.push(text.slice(end))
  return { bound: joined(parts), problems }
}

/** Binds all variables of a container. Problems carry `field`, e.g. `containers.main.variables.DATABASE_URL`. */
export function bindVariables(
  variables: Readonly<Record<string, string>>,
  scope: PlaceholderScope,
  field = 'variables',
): { environment: Record<string, BoundValue>; problems: FieldProblem[] } {
  const environment: Record<string, BoundValue> = {}
  const problems: FieldProblem[] = []
  for (const [name, text] of Object.entries(variables)) {
    const { bound, problems: found } = bindText(text, scope)
    environment[name] = bound
    problems.push(...found.map((message) => ({ field: `${field}.${name}`, message })))
  }
  return { environment, problems }
}

function lookUp(expression: string, scope: PlaceholderScope): { part: Part } | { problem: string } {
  // `\.` is a dot inside a key.
  const [root, ...keys] = expression.split(/(?<!\\)\./).map((key) => key.replaceAll(String.raw`\.`, '.'))
  const fail = (known: string): { problem: string } => ({ problem: `"\${${expression}}" names nothing; ${known}` })
  if (root === 'metadata') {
    const value = dig(scope.metadata, keys)
    return value === undefined || keys.length === 0 ? fail(`metadata has ${list(Object.keys(scope.metadata))}`) : { part: textOf(value) }
  }
  if (root !== 'resources') return fail('a placeholder begins with "metadata." or "resources."')
  const [name = '', ...path] = keys
  if (!Object.hasOwn(scope.resources, name)) return fail(`there are resources ${list(Object.keys(scope.resources))}`)
  const outputs = scope.resources[name] as JsonObject
  const value = path.length === 0 ? (outputs['source'] ?? outputs['id']) : dig(outputs, path)
  return value === undefined ? fail(`resource "${name}" has ${list(Object.keys(outputs))}`) : { part: isSecret(value) ? value : textOf(value) }
}

function dig(value: Json, keys: readonly string[]): Json | undefined {
  let current: Json | undefined = value
  for (const key of keys) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, key)) return undefined
    current = (current as JsonObject)[key]
  }
  return current
}

function isSecret(value: Json): value is { secretPath: string } {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 1 && typeof (value as JsonObject)['secretPath'] === 'string'
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function list(names: readonly string[]): string {
  return names.length === 0
    ? 'none'
    : names
        .toSorted()
        .map((name) => `"${name}"`)
        .join(', ')
}

function joined(parts: readonly Part[]): BoundValue {
  const merged: Part[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (typeof part !== 'string') merged.push(part)
    else if (typeof last === 'string') merged[merged.length - 1] = last + part
    else if (part !== '') merged.push(part)
  }
  const [only] = merged
  if (merged.length === 0) return { value: '' }
  if (merged.length === 1 && only !== undefined) return typeof only === 'string' ? { value: only } : only
  return { text: merged }
}
