import type { Entity } from './entity.ts'

/** One filterable fact of an entity: `key` in lower case, `value` in lower case (null: not comparable), `original` as written. */
export interface SearchRow {
  key: string
  value: string | null
  original: string | null
}

/** Longer texts are found by search, not by filters. */
const MAX_VALUE_LENGTH = 200
/** An entity with more facts than this is filtered by its first ones: a bound against hostile files. */
const MAX_ROWS = 2_000

/**
 * Flattens an entity for filters, as Backstage does: dotted paths that descend lists; a scalar in a list also gives `path.item = true`.
 * Relations are not among them: they change when other entities do, and live in a table of their own. Pure.
 */
export function searchRowsOf(entity: Entity): SearchRow[] {
  const rows = new Map<string, SearchRow>()
  const add = (key: string, value: unknown): void => {
    if (rows.size >= MAX_ROWS) return
    const original = String(value)
    const isLong = original.length > MAX_VALUE_LENGTH
    const row = { key: key.toLowerCase(), value: isLong ? null : original.toLowerCase(), original: isLong ? null : original }
    if (row.key.length <= 300) rows.set(`${row.key}\n${row.value}`, row)
  }
  const walk = (path: string, value: unknown, depth: number): void => {
    if (value === null || value === undefined || depth > 12) return
    if (Array.isArray(value)) {
      for (const item of value) {
        walk(path, item, depth + 1)
        if (typeof item === 'string') add(`${path}.${item}`, true)
      }
    } else if (typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) walk(path === '' ? key : `${path}.${key}`, member, depth + 1)
    } else add(path, value)
  }
  const { relations: _relations, status: _status, ...rest } = entity
  walk('', rest, 0)
  return [...rows.values()]
}
