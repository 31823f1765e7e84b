import type { Json, JsonObject } from '#kernel/common/json'
import {
  Deferred,
  DeferredNeeded,
  SecretText,
  evaluateTree,
  hasTemplateSyntax,
  parseTemplate,
  soleExpression,
  toValue,
  type Value,
} from './template-language/index.ts'

/**
 * Fills every text of a structure. As in Backstage: a text that is exactly one expression keeps the expression's type, one that comes out empty
 * is as if it were not there, and so is a member that comes out undefined.
 * @throws `platform.scaffolder.expression` with the place.
 */
export function evaluateStructure(value: unknown, scope: Record<string, unknown>, where: string): Value {
  if (typeof value === 'string') return evaluateText(value, scope, where)
  if (Array.isArray(value)) return value.map((item: unknown, index) => evaluateStructure(item, scope, `${where}[${index}]`) ?? null)
  if (typeof value !== 'object' || value === null) return toValue(value)
  return Object.fromEntries(
    Object.entries(value)
      .map(
        ([key, member]) =>
          [hasTemplateSyntax(key) ? printed(evaluateText(key, scope, where)) : key, evaluateStructure(member, scope, `${where}.${key}`)] as const,
      )
      .filter(([, member]) => member !== undefined),
  )
}

function evaluateText(text: string, scope: Record<string, unknown>, where: string): Value {
  if (!hasTemplateSyntax(text)) return text
  const tree = parseTemplate(text, { where })
  const value = evaluateTree(tree, scope, { where })
  return value === '' && !soleExpression(tree) ? undefined : value
}

function printed(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

/** The same as plain JSON. @throws DeferredNeeded when a member is not known yet. */
export function jsonOfStructure(value: Value): Json {
  const deferred = deferredIn(value)
  if (deferred) throw new DeferredNeeded(deferred)
  return (value === undefined ? null : JSON.parse(JSON.stringify(value))) as Json
}

/** The known part of an output, and whether that is all. Deferred members are left away. */
export function knownPartOf(value: Value): { known: JsonObject; isWhole: boolean } {
  let isWhole = true
  const visit = (node: unknown): unknown => {
    if (node instanceof Deferred) {
      isWhole = false
      return undefined
    }
    if (Array.isArray(node)) return node.map((item: unknown) => visit(item) ?? null)
    if (typeof node !== 'object' || node === null || node instanceof SecretText) return node
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, visit(member)]))
  }
  return { known: JSON.parse(JSON.stringify(visit(value) ?? {})) as JsonObject, isWhole }
}

function deferredIn(value: unknown): Deferred | undefined {
  if (value instanceof Deferred) return value
  if (typeof value !== 'object' || value === null) return undefined
  for (const member of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    const found = deferredIn(member)
    if (found) return found
  }
  return undefined
}
