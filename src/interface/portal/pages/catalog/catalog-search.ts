import { oneOf, present, text, without } from '../../app/search.ts'

/** Facets that narrow the catalog; each holds one or more values, with commas between. */
export const facetNames = ['kind', 'type', 'lifecycle', 'owner', 'system', 'tag'] as const
export type Facet = (typeof facetNames)[number]

/** The catalog's state, as its address holds it. */
export interface CatalogSearch {
  q?: string
  kind?: string
  type?: string
  lifecycle?: string
  /** `group:default/payments`, `payments`, or `me`: whoever looks, and their groups. */
  owner?: string
  system?: string
  tag?: string
  /** Only what has problems, or what its location no longer lists. */
  show?: 'problems' | 'orphans'
  /** Backstage's filter grammar, for what the facets do not have. */
  filter?: string
  /** `name`, or `-name` for descending. */
  sort?: string
  columns?: string
  /** Id of the saved view that was chosen; its filters may have been altered since. */
  view?: string
}

/** Reads an address's search part. */
export function catalogSearch(raw: Record<string, unknown>): CatalogSearch {
  const members = ['q', 'kind', 'type', 'lifecycle', 'owner', 'system', 'tag', 'filter', 'sort', 'columns', 'view'] as const
  return present({ ...Object.fromEntries(members.map((name) => [name, text(raw, name)])), show: oneOf(raw, 'show', ['problems', 'orphans']) }) as CatalogSearch
}

/** The values of a facet. */
export function valuesOf(search: CatalogSearch, facet: Facet): string[] {
  return (search[facet] ?? '').split(',').filter((value) => value !== '')
}

/** The search with a value of a facet taken in, or taken back. */
export function toggled(search: CatalogSearch, facet: Facet, value: string): CatalogSearch {
  const values = valuesOf(search, facet)
  const next = values.includes(value) ? values.filter((each) => each !== value) : [...values, value]
  const rest = without(search, facet)
  return next.length === 0 ? rest : { ...rest, [facet]: next.join(',') }
}

/** Which parts of the search narrow what is shown: not order, columns and view. */
export function filtersOf(search: CatalogSearch): CatalogSearch {
  return without(search, 'sort', 'columns', 'view')
}

/** How many filters are set, words aside. */
export function filterCount(search: CatalogSearch): number {
  return Object.keys(without(filtersOf(search), 'q')).length
}

/** Who looks: what `me` means. */
export interface Reader {
  principal: string
  groups: readonly string[]
}

/** What the API is asked for. */
export interface ApiFilter {
  kind?: string[]
  type?: string[]
  lifecycle?: string[]
  owner?: string[]
  system?: string[]
  tag?: string[]
  filter?: string[]
  q?: string
}

const shown = { problems: 'status.items.level', orphans: 'metadata.annotations.backstage.io/orphan=true' } as const

/** The API's filter; `except` leaves a facet out, to count what its other values would show. */
export function apiFilter(search: CatalogSearch, reader: Reader | undefined, except?: Facet): ApiFilter {
  const result: ApiFilter = {}
  for (const facet of facetNames) {
    if (facet === except) continue
    const values = valuesOf(search, facet).flatMap((value) =>
      facet === 'owner' && value === 'me' ? [reader?.principal ?? '', ...(reader?.groups ?? [])] : [value],
    )
    const there = values.filter((value) => value !== '')
    if (there.length > 0) result[facet] = there
  }
  // Several filters are alternatives: what is to hold as well is put into each of them.
  const also = search.show === undefined ? undefined : shown[search.show]
  if (search.filter !== undefined || also !== undefined) result.filter = [[search.filter, also].filter((each) => each !== undefined).join(',')]
  const q = search.q?.trim() ?? ''
  if (q !== '') result.q = q.slice(0, 200)
  return result
}

/** The field that each column is sorted by; a column that is not here has no order. */
export const sortFields: Readonly<Record<string, string>> = {
  name: 'metadata.name',
  kind: 'kind',
  type: 'spec.type',
  owner: 'relations.ownedBy',
  lifecycle: 'spec.lifecycle',
  system: 'spec.system',
  description: 'metadata.description',
  problems: 'status.items.level',
}

/** The API's order: `kind,asc` then by name. An odd column is as by name. */
export function apiOrder(sort = 'name'): string[] {
  const id = sort.replace(/^-/, '')
  const field = sortFields[id] ?? 'metadata.name'
  const first = `${field},${sort.startsWith('-') ? 'desc' : 'asc'}`
  return field === 'metadata.name' ? [first] : [first, 'metadata.name,asc']
}

/** The search as text for a saved view: members in one order, without columns, which a view keeps apart. */
export function searchText(search: CatalogSearch): string {
  const entries = Object.entries(without(search, 'columns', 'view')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  return new URLSearchParams(entries.sort(([a], [b]) => (a < b ? -1 : 1))).toString()
}

/** The search that a saved view's text stands for. */
export function searchOfText(search: string, columns: readonly string[] = []): CatalogSearch {
  const raw = Object.fromEntries(new URLSearchParams(search))
  return catalogSearch(columns.length === 0 ? raw : { ...raw, columns: columns.join(',') })
}
