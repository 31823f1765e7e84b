import type { CatalogDocument } from './seeded-catalog.ts'

/** Documents as YAML, `---` between them. Writes what a seeded catalog has, nothing else: a general writer takes most of a minute for 50,000. */
export function catalogYaml(documents: readonly CatalogDocument[]): string {
  return documents.map((document) => fieldsOf(document as unknown as Record<string, unknown>, '')).join('---\n')
}

function fieldsOf(object: Readonly<Record<string, unknown>>, indent: string): string {
  return Object.entries(object)
    .map(([key, value]) => `${indent}${key}:${valueOf(value, indent)}`)
    .join('')
}

function valueOf(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.length === 0 ? ' []\n' : `\n${value.map((member) => `${indent}  - ${memberOf(member, indent)}`).join('')}`
  if (typeof value === 'object' && value !== null) return `\n${fieldsOf(value as Record<string, unknown>, `${indent}  `)}`
  return ` ${scalarOf(value)}\n`
}

function memberOf(member: unknown, indent: string): string {
  if (typeof member !== 'object' || member === null) return `${scalarOf(member)}\n`
  return fieldsOf(member as Record<string, unknown>, `${indent}    `).trimStart()
}

/** Plain where YAML 1.2 reads it as the same text, quoted otherwise. */
function scalarOf(value: unknown): string {
  return typeof value === 'string' && /^[a-z][\w ./@-]*(:[\w./@-]+)*$/i.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value) && !value.endsWith(' ')
    ? value
    : JSON.stringify(value)
}
