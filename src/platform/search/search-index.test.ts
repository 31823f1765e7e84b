import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SearchIndex, type Band } from './search-index.ts'
import { allowedTypos, typoDistance } from './typo-distance.ts'
import { wordsOf } from './words.ts'

function indexOf(documents: Readonly<Record<string, Partial<Record<Band, string>>>>): SearchIndex {
  const index = new SearchIndex()
  for (const [key, fields] of Object.entries(documents))
    index.put({ key, sort: 1, fields: Object.entries(fields).map(([band, text]) => ({ band: Number(band) as Band, text: text ?? '' })) })
  return index
}
const ask = (index: SearchIndex, text: string, limit = 10): string[] =>
  index.search({ words: wordsOf(text), limit, weightOf: () => 0.5 }).hits.map(({ key }) => key)

describe('ranking', () => {
  const index = indexOf({
    orders: { 0: 'orders', 3: 'takes what people buy' },
    'orders-worker': { 0: 'orders-worker', 3: 'sends what was bought' },
    checkout: { 0: 'checkout', 2: 'orders java', 3: 'baskets' },
    payments: { 0: 'payments', 1: 'Payment Service', 3: 'pays for orders' },
    'invoice-service': { 0: 'invoiceService', 3: 'Bücher für Élodie' },
  })
  it.each([
    ['orders', ['orders', 'orders-worker', 'checkout', 'payments']],
    ['ord', ['orders', 'orders-worker', 'checkout', 'payments']],
    ['orders work', ['orders-worker']],
    ['ORDERS   java', ['checkout']],
    ['ordres', ['orders', 'orders-worker', 'checkout', 'payments']],
    ['paymnets', ['payments']],
    ['invoice service', ['invoice-service']],
    ['invoiceserv', ['invoice-service']],
    ['bucher elodie', ['invoice-service']],
    ['orders nowhere', []],
    ['xyzzyqwert', []],
    ['', []],
    ['!!! &', []],
    ['__proto__ constructor', []],
  ])('%j finds %j', (text, expected) => {
    expect(ask(index, text)).toEqual(expected)
  })

  it('leaves out the sorts that are not wanted, in hits and counts', () => {
    const found = index.search({ words: ['orders'], limit: 10, weightOf: () => undefined })
    expect(found).toEqual({ hits: [], counts: new Map() })
  })

  it('counts all hits though it gives only some', () => {
    const found = index.search({ words: ['orders'], limit: 2, weightOf: () => 1 })
    expect(found.hits.length).toBe(2)
    expect(found.counts.get(1)).toBe(4)
  })
})

describe('keeping up', () => {
  it('finds a document by its new words only after it was replaced, and not at all after it went', () => {
    const index = indexOf({ a: { 0: 'apples' } })
    index.put({ key: 'a', sort: 1, fields: [{ band: 0, text: 'pears' }] })
    expect([ask(index, 'apples'), ask(index, 'pears')]).toEqual([[], ['a']])
    index.remove('a')
    expect(ask(index, 'pears')).toEqual([])
  })

  it('is worn when most of it was replaced, and not by documents that stay the same', () => {
    const index = new SearchIndex()
    const put = (text: string): void => index.put({ key: 'a', sort: 0, fields: [{ band: 0, text }] })
    for (let round = 0; round < 5_000; round++) put('same')
    expect(index.isWorn).toBe(false)
    for (let round = 0; round < 5_000; round++) put(`other ${round}`)
    expect(index.isWorn).toBe(true)
    expect(ask(index, 'other')).toEqual(['a'])
  })

  it('counts what has all words exactly, whether it is many or few, before and after more were added', () => {
    const words = ['red', 'green', 'blue']
    const some = fc.array(fc.record({ name: fc.subarray(words), text: fc.subarray(words) }), { maxLength: 150 })
    fc.assert(
      fc.property(some, some, fc.subarray(words, { minLength: 1 }), (early, late, asked) => {
        const index = new SearchIndex()
        const question = { words: asked, limit: 2, weightOf: (): number => 1 }
        let key = 0
        for (const documents of [early, late]) {
          for (const { name, text } of documents)
            index.put({
              key: String(key++),
              sort: 2,
              fields: [
                { band: 0, text: name.join(' ') },
                { band: 3, text: text.join(' ') },
              ],
            })
          index.search(question)
        }
        const expected = [...early, ...late].filter(({ name, text }) => asked.every((word) => name.includes(word) || text.includes(word))).length
        const { hits, counts } = index.search(question)
        expect(counts.get(2) ?? 0).toBe(expected)
        expect(hits.length).toBe(Math.min(2, expected))
      }),
    )
  })

  it('gives pages that go on where the last one ended', () => {
    const index = new SearchIndex()
    for (let at = 0; at < 40; at++) index.put({ key: `k${at}`, sort: 0, fields: [{ band: at % 2 === 0 ? 0 : 3, text: `orders ${at}` }] })
    const all = ask(index, 'orders', 40)
    expect(ask(index, 'orders', 10)).toEqual(all.slice(0, 10))
    expect(ask(index, 'orders', 30)).toEqual(all.slice(0, 30))
    expect(new Set(all).size).toBe(40)
  })

  it('finds every document by each beginning of each of its words, however many there are', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/)
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 60 }), fc.nat(), fc.nat(), (documents, at, cut) => {
        const index = new SearchIndex()
        documents.forEach((words, key) => index.put({ key: String(key), sort: 0, fields: [{ band: 3, text: words.join(' ') }] }))
        const key = at % documents.length
        const words = documents[key] ?? []
        const typed = words[cut % words.length]?.slice(0, 1 + (cut % 9)) ?? ''
        expect(ask(index, typed, 1_000)).toContain(String(key))
      }),
    )
  })
})

describe('typos', () => {
  it.each([
    ['orders', 'orders', 0],
    ['ordres', 'orders', 1],
    ['oders', 'orders', 1],
    ['orderss', 'orders', 1],
    ['paymants', 'payments-service', 1],
    ['xxxxxx', 'orders', 3],
  ])('from %j to %j is %i', (typed, word, distance) => {
    expect(typoDistance(typed, word, 2)).toBe(distance)
  })

  it('is nought for a beginning, and one for one letter left out', () => {
    const word = fc.stringMatching(/^[a-z]{5,20}$/)
    fc.assert(
      fc.property(word, fc.nat(), (text, at) => {
        const cut = 1 + (at % (text.length - 1))
        expect(typoDistance(text.slice(0, cut), text, 2)).toBe(0)
        expect(typoDistance(text.slice(0, cut) + text.slice(cut + 1), text, 2)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it.each([
    [3, 0],
    [4, 1],
    [7, 1],
    [8, 2],
  ])('of %i letters %i may be wrong', (length, allowed) => {
    expect(allowedTypos(length)).toBe(allowed)
  })
})
