import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { spaced } from './layer-order.ts'
import { connectedParts, ranksOf, type Link } from './layer-ranks.ts'
import { layeredLayout, NODE_HEIGHT, NODE_WIDTH } from './layered-layout.ts'

const id = fc.integer({ min: 0, max: 24 }).map((at) => `n${at}`)
const ids = Array.from({ length: 25 }, (_, at) => `n${at}`)
const links = fc.array(fc.record({ source: id, target: id }), { maxLength: 60 })

function random(count: number, edges: number): { ids: string[]; links: Link[] } {
  let seed = 7
  const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below
  return {
    ids: Array.from({ length: count }, (_, at) => `n${at}`),
    links: Array.from({ length: edges }, () => ({ source: `n${next(count)}`, target: `n${next(count)}` })),
  }
}

describe('a graph in layers', () => {
  test('what is pointed to is further right', () => {
    const { at } = layeredLayout(
      ['a', 'b', 'c'],
      [
        { source: 'a', target: 'b' },
        { source: 'b', target: 'c' },
        { source: 'a', target: 'c' },
      ],
    )
    const x = (name: string): number => at.get(name)?.x ?? NaN
    expect(x('a')).toBeLessThan(x('b'))
    expect(x('b')).toBeLessThan(x('c'))
  })

  test('every line goes right in a graph without circles', () => {
    fc.assert(
      fc.property(links, (some) => {
        const forward = some.filter(({ source, target }) => Number(source.slice(1)) < Number(target.slice(1)))
        const ranks = ranksOf(ids, forward)
        for (const { source, target } of forward) expect(ranks.get(source)).toBeLessThan(ranks.get(target) ?? -1)
      }),
    )
  })

  test('nodes never overlap, circles or not, and all are there', () => {
    fc.assert(
      fc.property(links, (some) => {
        const layout = layeredLayout(ids, some)
        const places = [...layout.at.values()]
        expect(places).toHaveLength(ids.length)
        for (const [index, a] of places.entries())
          for (const b of places.slice(index + 1)) expect(Math.abs(a.x - b.x) >= NODE_WIDTH || Math.abs(a.y - b.y) >= NODE_HEIGHT).toBe(true)
        for (const { x, y } of places) {
          expect(x).toBeGreaterThanOrEqual(0)
          expect(y).toBeGreaterThanOrEqual(-0.001)
          expect(x + NODE_WIDTH).toBeLessThanOrEqual(layout.width + 0.001)
          expect(y + NODE_HEIGHT).toBeLessThanOrEqual(layout.height + 0.001)
        }
      }),
    )
  })

  test('the same graph gives the same picture', () => {
    const { ids: many, links: some } = random(200, 400)
    expect(layeredLayout(many, some)).toEqual(layeredLayout(many, some))
  })

  test('parts without a line between them are told apart', () => {
    const parts = connectedParts(
      ['a', 'b', 'c', 'd'],
      [
        { source: 'a', target: 'c' },
        { source: 'd', target: 'd' },
        { source: 'd', target: 'gone' },
      ],
    )
    expect(parts.map((part) => part.ids)).toEqual([['a', 'c'], ['b'], ['d']])
    expect(parts.map((part) => part.links.length)).toEqual([1, 0, 0])
  })

  test('a chain of 5,000 does not end the stack', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `n${at}`)
    expect(
      ranksOf(
        many,
        many.slice(1).map((target, at) => ({ source: `n${at}`, target })),
      ).get('n4999'),
    ).toBe(4999)
  })

  test('2,000 nodes with 6,000 lines are laid out in well under a second', () => {
    const { ids: many, links: some } = random(2000, 6000)
    const start = performance.now()
    layeredLayout(many, some)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('rows are one apart in their order, and as wanted where there is room', () => {
    expect(spaced([0, 5, 9])).toEqual([0, 5, 9])
    expect(spaced([3, 3, 3])).toEqual([2, 3, 4])
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 30 }), (wanted) => {
        const rows = spaced(wanted)
        expect(rows).toHaveLength(wanted.length)
        for (const [at, row] of rows.slice(1).entries()) expect(row - (rows[at] ?? 0)).toBeGreaterThan(0.999)
      }),
    )
  })

  test('nothing is an empty picture', () => {
    expect(layeredLayout([], [])).toEqual({ at: new Map(), width: 0, height: 0 })
  })
})
