/** One field that an alteration touched. A list of plain values has one for each value that came (`before` null) or went (`after` null). */
export interface FieldChange {
  /** Dotted, as filters have it, e.g. `spec.owner`; members of lists of objects by number, e.g. `metadata.links.0.url`. */
  path: string
  before: unknown
  after: unknown
}

/** Fields that one alteration is told with; a bound against hostile files. */
const MAX_FIELDS = 500
const MAX_DEPTH = 20
/** Are made by the catalog, and differ whenever anything does. */
const MADE = new Set(['metadata.uid', 'metadata.etag'])

/** Which fields differ between two documents, in the order of their paths. Null stands for a document or value that is not there. Pure. */
export function fieldDiff(before: unknown, after: unknown): FieldChange[] {
  const changes: FieldChange[] = []
  compare('', before ?? null, after ?? null, changes, 0)
  return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

function compare(path: string, before: unknown, after: unknown, changes: FieldChange[], depth: number): void {
  if (changes.length >= MAX_FIELDS || MADE.has(path) || isSame(before, after)) return
  if (depth < MAX_DEPTH && isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(path === '' ? key : `${path}.${key}`, own(before, key), own(after, key), changes, depth + 1)
  } else if (isPlainList(before) && isPlainList(after)) compareValues(path, before, after, changes)
  else if (depth < MAX_DEPTH && Array.isArray(before) && Array.isArray(after)) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) compare(`${path}.${at}`, before[at] ?? null, after[at] ?? null, changes, depth + 1)
  } else if (depth < MAX_DEPTH && before === null && isObject(after)) compare(path, {}, after, changes, depth)
  else if (depth < MAX_DEPTH && after === null && isObject(before)) compare(path, before, {}, changes, depth)
  else changes.push({ path, before, after })
}

/** By value, as often as each is there; a list in another order is one change of the whole. */
function compareValues(path: string, before: readonly unknown[], after: readonly unknown[], changes: FieldChange[]): void {
  const gone = without(before, after)
  const come = without(after, before)
  if (gone.length === 0 && come.length === 0) changes.push({ path, before, after })
  for (const value of gone) changes.push({ path, before: value, after: null })
  for (const value of come) changes.push({ path, before: null, after: value })
}

/** Values of the first list that the second has not, doubles counted. */
function without(values: readonly unknown[], others: readonly unknown[]): unknown[] {
  const left = new Map<unknown, number>()
  for (const value of others) left.set(value, (left.get(value) ?? 0) + 1)
  return values.filter((value) => {
    const count = left.get(value) ?? 0
    left.set(value, count - 1)
    return count <= 0
  })
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlainList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)
}
