export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is an object, else an empty one: definitions are read as they come. */
export function objectIn(value: unknown, name: string): JsonObject {
  const member = isObject(value) ? value[name] : undefined
  return isObject(member) ? member : {}
}

export function listIn(value: unknown, name: string): unknown[] {
  const member = isObject(value) ? value[name] : undefined
  return Array.isArray(member) ? member : []
}

/** A member that is a text, a number or a truth, as text; else nothing. */
export function textIn(value: unknown, name: string): string {
  const member = isObject(value) ? value[name] : undefined
  return typeof member === 'string' ? member : typeof member === 'number' || typeof member === 'boolean' ? String(member) : ''
}
