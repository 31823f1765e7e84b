import { oneOf, present, text, whole, without } from '../../app/search.ts'
import { apiFilter, catalogSearch, type CatalogSearch, type Reader } from '../catalog/catalog-search.ts'
import { parseRef } from '../../format/reference.ts'

/** The graph's state, as its address holds it: a filter of the catalog, or roots with what is around them. */
export interface GraphSearch extends CatalogSearch {
  /** Entity refs with commas between. */
  root?: string
  /** Steps from the roots, 1 to 4; 2 unless told. */
  depth?: number
  /** Relations to show, with commas between. */
  types?: string
  /** Kinds that are not drawn, in lower case, with commas between. */
  hide?: string
  /** Refs that were expanded, with commas between. */
  open?: string
  as?: 'list'
  /** More nodes than usual, up to what the server gives. */
  max?: 'yes'
}

export const relationTypes = ['dependsOn', 'consumesApi', 'providesApi', 'partOf', 'ownedBy', 'memberOf', 'childOf'] as const
/** Around an entity: not who owns it, since owners own hundreds of other things. */
const aroundThings = ['dependsOn', 'consumesApi', 'providesApi', 'partOf', 'childOf']

/** Reads an address's search part. */
export function graphSearch(raw: Record<string, unknown>): GraphSearch {
  const depth = whole(raw, 'depth')
  return {
    ...without(catalogSearch(raw), 'sort', 'columns', 'view'),
    ...present({
      root: text(raw, 'root'),
      depth: depth !== undefined && depth >= 1 && depth <= 4 ? depth : undefined,
      types: text(raw, 'types'),
      hide: text(raw, 'hide'),
      open: text(raw, 'open'),
      as: oneOf(raw, 'as', ['list']),
      max: oneOf(raw, 'max', ['yes']),
    }),
  }
}

/** The members of a list in the address. */
export function listOf(value: string | undefined): string[] {
  return (value ?? '').split(',').filter((each) => each !== '')
}

/** A list with a member taken in or taken back; undefined when it is empty, so that it stays out of the address. */
export function toggledList(value: string | undefined, member: string): string | undefined {
  const all = listOf(value)
  const next = all.includes(member) ? all.filter((each) => each !== member) : [...all, member]
  return next.length === 0 ? undefined : next.join(',')
}

/** The relations that are shown: as told, else what suits the roots. */
export function shownTypes(search: GraphSearch): string[] {
  if (search.types !== undefined) return listOf(search.types)
  const roots = listOf(search.root)
  const isOfPeople = roots.some((ref) => ['group', 'user'].includes(parseRef(ref).kind))
  return roots.length === 0 || isOfPeople ? [...relationTypes] : aroundThings
}

/** What the API is asked for: the picture, and one question for each entity that was expanded. */
export function graphQueries(search: GraphSearch, reader: Reader | undefined): { base: Record<string, unknown>; expanded: Record<string, unknown>[] } {
  const types = shownTypes(search)
  const limit = search.max === 'yes' ? 2000 : 300
  const root = listOf(search.root)
  const base =
    root.length > 0 ? { root, depth: search.depth ?? 2, types: types.join(','), limit } : { ...apiFilter(search, reader), types: types.join(','), limit }
  return { base, expanded: listOf(search.open).map((ref) => ({ root: [ref], depth: 1, types: types.join(','), limit: 100 })) }
}
