import type { Entity } from '../entity.ts'

/**
 * Keeps only the given paths of an entity, e.g. `['kind', 'metadata.annotations.backstage.io/view-url']`. A key may itself have dots.
 * No paths: the entity as it is.
 */
export function pickFields(entity: Entity, fields: readonly string[]): object {
  if (fields.length === 0) return entity
  const result: Record<string, unknown> = {}
  for (const field of fields) copy(entity as unknown as Record<string, unknown>, result, field)
  return result
}

function copy(from: Record<string, unknown>, to: Record<string, unknown>, path: string): boolean {
  if (Object.hasOwn(from, path)) {
    define(to, path, from[path])
    return true
  }
  for (let at = path.indexOf('.'); at !== -1; at = path.indexOf('.', at + 1)) {
    const key = path.slice(0, at)
    const next = Object.hasOwn(from, key) ? from[key] : undefined
    if (typeof next !== 'object' || next === null || Array.isArray(next)) continue
    const inner: Record<string, unknown> = isPlain(to[key]) ? { ...to[key] } : {}
    if (!copy(next as Record<string, unknown>, inner, path.slice(at + 1))) continue
    define(to, key, inner)
    return true
  }
  return false
}

/** Never through a setter: a key called `__proto__` is a key. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
