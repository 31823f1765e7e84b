import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NameBook, toCatalogName, toTag } from './foreign-name.ts'

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

describe('toCatalogName', () => {
  it.each([
    ['microservice', 'microservice'],
    ['acme/orders', 'acme-orders'],
    ['Zahlungen für alle', 'Zahlungen-fur-alle'],
    ['@scope/pkg.js', 'scope-pkg.js'],
    ['___', 'unnamed'],
  ])('%s becomes %s', (identifier, name) => {
    expect(toCatalogName(identifier)).toBe(name)
  })

  it('is a good name, whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (identifier) => {
        expect(toCatalogName(identifier)).toMatch(NAME)
      }),
    )
  })
})

describe('NameBook', () => {
  it('keeps identifiers apart that meet in one name, and gives each the same name again', () => {
    const book = new NameBook()
    expect([book.nameOf('Resource', 'a/b'), book.nameOf('Resource', 'a-b'), book.nameOf('Resource', 'A/b'), book.nameOf('API', 'a b')]).toEqual([
      'a-b',
      'a-b-2',
      'A-b-3',
      'a-b',
    ])
    expect(book.nameOf('Resource', 'a-b')).toBe('a-b-2')
  })

  it('never gives two identifiers of a kind one name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 80 }), { maxLength: 40 }), (identifiers) => {
        const book = new NameBook()
        const names = identifiers.map((identifier) => book.nameOf('Resource', identifier))
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(identifiers.length)
        for (const name of names) expect(name).toMatch(NAME)
      }),
    )
  })
})

describe('toTag', () => {
  it.each([
    ['lang:go', 'lang:go'],
    ['Tier 1', 'tier-1'],
    ['__', undefined],
  ])('%s becomes %s', (text, tag) => {
    expect(toTag(text)).toBe(tag)
  })
})
