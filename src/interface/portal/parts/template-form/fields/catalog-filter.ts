import { textsOf } from './picker-props.ts'

/**
 * Filters as `/api/v1/entities` takes them (Backstage's grammar: a comma is "and", several filters are "or"), from a picker's options.
 * An owner is a group or a person unless told otherwise; `exists` asks only that a field is there.
 */
export function catalogFilters(field: string, options: Record<string, unknown>, owners: readonly string[] = []): string[] {
  const given = options['catalogFilter']
  const each = given === undefined ? [{}] : Array.isArray(given) ? given : [given]
  const kinds = textsOf(options['allowedKinds'])
  return each.map((one) => {
    const terms = Object.entries((one ?? {}) as Record<string, unknown>).flatMap(([key, value]) => termsOf(key, value))
    const hasKind = terms.some((term) => term.startsWith('kind='))
    const fallback = hasKind
      ? []
      : kinds.length > 0
        ? kinds
        : field === 'OwnerPicker'
          ? ['Group', 'User']
          : ['Component', 'System', 'API', 'Resource', 'Domain', 'Group', 'User']
    const owned = field === 'OwnedEntityPicker' ? owners.map((owner) => `relations.ownedBy=${owner}`) : []
    return [...fallback.map((kind) => `kind=${kind.toLowerCase()}`), ...terms, ...owned].join(',')
  })
}

function termsOf(key: string, value: unknown): string[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return (value as { exists?: unknown }).exists === true ? [key] : []
  const texts = (Array.isArray(value) ? value : [value]).map(String)
  return texts.map((text) => `${key}=${key === 'kind' ? text.toLowerCase() : text}`)
}

/** The words to search entities by, while a picker is typed in: of a whole reference its name. */
export function searchOf(text: string): string {
  return text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf(':')) + 1).trim()
}
