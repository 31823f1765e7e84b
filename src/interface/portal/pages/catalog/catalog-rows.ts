import { tagsOf } from '../../api/entity-metadata.ts'
import type { Entity } from '../../api/shapes.ts'
import { parseRef } from '../../format/reference.ts'

/** An entity as the table knows it. */
export interface CatalogRow {
  ref: string
  kind: string
  namespace: string
  name: string
  title: string
  description: string
  type: string
  owner: string
  lifecycle: string
  system: string
  tags: string[]
  /** Lower-case text that the search looks through. */
  text: string
}

export type Facet = 'kind' | 'type' | 'owner' | 'lifecycle'
export const facets: readonly Facet[] = ['kind', 'type', 'owner', 'lifecycle']
export type Filters = { readonly [F in Facet]?: string } & { readonly q?: string }

/** Flattens descriptors once, so that typing in the filter touches plain strings only. */
export function catalogRows(entities: readonly Entity[]): CatalogRow[] {
  return entities.map((entity) => {
    const { name, namespace = 'default', title, description = '' } = entity.metadata
    const tags = tagsOf(entity)
    const kind = entity.kind.toLowerCase()
    const owner = word(entity.spec?.['owner'])
    const row = {
      ref: `${kind}:${namespace}/${name}`,
      kind: entity.kind,
      namespace,
      name,
      title: title ?? name,
      description,
      type: word(entity.spec?.['type']),
      owner: owner === '' ? '' : parseRef(owner, 'group').name,
      lifecycle: word(entity.spec?.['lifecycle']),
      system: word(entity.spec?.['system']),
      tags,
    }
    return { ...row, text: [name, row.title, description, row.owner, row.type, ...tags].join(' ').toLowerCase() }
  })
}

/** Rows that match every filter; `except` leaves one facet out, to count what its other choices would show. */
export function filterRows(rows: readonly CatalogRow[], filters: Filters, except?: Facet): CatalogRow[] {
  const words = (filters.q ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter(
    (row) =>
      facets.every((facet) => facet === except || filters[facet] === undefined || row[facet] === filters[facet]) &&
      words.every((each) => row.text.includes(each)),
  )
}

/** How many rows each choice of a facet would show under the other filters, most first. */
export function countFacet(rows: readonly CatalogRow[], filters: Filters, facet: Facet): { value: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const row of filterRows(rows, filters, facet)) if (row[facet] !== '') counts.set(row[facet], (counts.get(row[facet]) ?? 0) + 1)
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
