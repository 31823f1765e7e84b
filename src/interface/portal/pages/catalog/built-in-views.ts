import { without } from '../../app/search.ts'
import { searchText, type CatalogSearch } from './catalog-search.ts'

/** Views that everybody has. */
export const builtInViews: readonly { title: string; search: CatalogSearch }[] = [
  { title: 'All', search: {} },
  { title: 'Owned by me', search: { owner: 'me' } },
  { title: 'Components', search: { kind: 'component' } },
  { title: 'APIs', search: { kind: 'api' } },
  { title: 'Systems', search: { kind: 'system' } },
  { title: 'With problems', search: { show: 'problems' } },
]

/** Title of the built-in view that the address is, whatever its order; undefined when it is none, or a saved one. */
export function builtInViewOf(search: CatalogSearch): string | undefined {
  if (search.view !== undefined) return undefined
  return builtInViews.find((view) => searchText(view.search) === searchText(without(search, 'sort')))?.title
}
