/** A field that differs between two documents; null stands for one that is not there. */
export interface ChangedField {
  path: string
  before: unknown
  after: unknown
}

/** Made by the catalog; nobody writes them. */
const MADE = /^metadata\.(?:uid|etag)$|^metadata\.annotations\.backstage\.io\/managed-by|^status\b|^relations\b/

/** Which fields differ, in the order of their paths. Lists are compared as a whole; what another file holds (`$text: ./openapi.yaml`) is left out, since only the catalog reads it. Pure. */
export function changedFields(before: unknown, after: unknown, path = ''): ChangedField[] {
  if (MADE.test(path) || isOfAFile(after) || JSON.stringify(before) === JSON.stringify(after)) return []
  const a = membersOf(before)
  const b = membersOf(after)
  if (a === null || b === null) return [{ path, before: before ?? null, after: after ?? null }]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key) => changedFields(a[key], b[key], path === '' ? key : `${path}.${key}`))
}

function membersOf(value: unknown): Record<string, unknown> | null {
  if (value === undefined || value === null) return {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null
}

function isOfAFile(value: unknown): boolean {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return members.length === 1 && members[0]?.[0].startsWith('$') === true && typeof members[0][1] === 'string'
}
