import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  apiFilter,
  apiOrder,
  catalogSearch,
  facetNames,
  filterCount,
  searchOfText,
  searchText,
  toggled,
  valuesOf,
  type CatalogSearch,
} from './catalog-search.ts'

const ana = { principal: 'user:default/ana', groups: ['group:default/payments', 'group:default/web'] }

describe('the catalog in its address', () => {
  test.each<[CatalogSearch, ReturnType<typeof apiFilter>]>([
    [{}, {}],
    [
      { kind: 'component,api', q: ' orders ' },
      { kind: ['component', 'api'], q: 'orders' },
    ],
    [{ owner: 'me' }, { owner: ['user:default/ana', 'group:default/payments', 'group:default/web'] }],
    [{ owner: 'me,group:default/platform' }, { owner: [ana.principal, ...ana.groups, 'group:default/platform'] }],
    [{ show: 'problems' }, { filter: ['status.items.level'] }],
    [{ show: 'orphans', filter: 'spec.type=service' }, { filter: ['spec.type=service,metadata.annotations.backstage.io/orphan=true'] }],
    [{ sort: '-owner', columns: 'kind' }, {}],
  ])('%j asks for %j', (search, expected) => {
    expect(apiFilter(search, ana)).toEqual(expected)
  })

  test('a facet can be left out, to count its other values', () => {
    expect(apiFilter({ kind: 'api', owner: 'me' }, ana, 'owner')).toEqual({ kind: ['api'] })
  })

  test.each([
    [undefined, ['metadata.name,asc']],
    ['-name', ['metadata.name,desc']],
    ['-owner', ['relations.ownedBy,desc', 'metadata.name,asc']],
    ['nonsense', ['metadata.name,asc']],
  ])('the order %s is %j', (sort, expected) => {
    expect(apiOrder(sort)).toEqual(expected)
  })

  test('what is odd in an address is left out', () => {
    expect(catalogSearch({ q: 7, kind: '', show: 'everything', columns: ['a'], other: 'x' })).toEqual({ q: '7' })
  })

  test('a value taken in twice is taken back', () => {
    const value = fc.stringMatching(/^[a-z:/.-]{1,12}$/)
    fc.assert(
      fc.property(fc.constantFrom(...facetNames), fc.uniqueArray(value, { maxLength: 4 }), value, (facet, before, one) => {
        const search: CatalogSearch = before.length === 0 ? { q: 'x' } : { q: 'x', [facet]: before.join(',') }
        const twice = toggled(toggled(search, facet, one), facet, one)
        expect([...valuesOf(twice, facet)].sort()).toEqual([...before].sort())
        expect(twice.q).toBe('x')
      }),
    )
  })

  test('a saved view is the address again, whatever is in it', () => {
    const word = fc.string({ minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.record({ q: word, kind: word, owner: word, filter: word, sort: word }, { requiredKeys: [] }), (search) => {
        const text = searchText(search)
        expect(text).not.toMatch(/[\s#]/)
        expect(searchOfText(text)).toEqual(search)
      }),
    )
    expect(searchOfText('kind=api', ['kind', 'owner'])).toEqual({ kind: 'api', columns: 'kind,owner' })
  })

  test('words, order and columns are not counted as filters', () => {
    expect(filterCount({ q: 'x', sort: 'kind', columns: 'kind', kind: 'api', show: 'problems' })).toBe(2)
  })
})
