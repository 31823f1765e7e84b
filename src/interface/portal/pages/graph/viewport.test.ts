import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { centred, fitted, isInView, nearestTowards, opened, panned, zoomed } from './viewport.ts'

const size = { width: 800, height: 600 }

describe('the part of the graph that is seen', () => {
  test.each([
    [{ width: 400, height: 300 }, 1],
    [{ width: 7520, height: 300 }, 0.1],
    [{ width: 0, height: 0 }, 1],
  ])('a picture of %j fits at %d', (layout, scale) => {
    const viewport = fitted(layout, size)
    expect(viewport.scale).toBeCloseTo(scale)
    expect(isInView(viewport, size, { x: 0, y: 0, ...layout })).toBe(true)
    expect(viewport.x + size.width / viewport.scale / 2).toBeCloseTo(layout.width / 2)
  })

  test('a large picture opens at its root, where it can be read; a small one whole', () => {
    const at = new Map([['root', { x: 5000, y: 4000 }]])
    const large = opened({ width: 9000, height: 9000, at }, size, 'root')
    expect(large.scale).toBe(0.75)
    expect(isInView(large, size, { x: 5000, y: 4000, width: 1, height: 1 })).toBe(true)
    const corner = opened({ width: 9000, height: 200, at: new Map([['root', { x: 0, y: 0 }]]) }, size, 'root')
    expect(corner.x).toBe(-24)
    expect(corner.y + size.height / corner.scale / 2).toBeCloseTo(100)
    expect(opened({ width: 9000, height: 9000, at }, size, 'gone')).toEqual(fitted({ width: 9000, height: 9000 }, size))
    expect(opened({ width: 90, height: 90, at }, size, 'root')).toEqual(fitted({ width: 90, height: 90 }, size))
  })

  test('what is under the pointer stays there while one zooms', () => {
    const coordinate = fc.double({ min: 0, max: 800, noNaN: true })
    fc.assert(
      fc.property(coordinate, coordinate, fc.double({ min: 0.2, max: 5, noNaN: true }), (x, y, factor) => {
        const before = { x: 30, y: -20, scale: 0.5 }
        const after = zoomed(before, factor, { x, y })
        expect(after.x + x / after.scale).toBeCloseTo(before.x + x / before.scale)
        expect(after.y + y / after.scale).toBeCloseTo(before.y + y / before.scale)
      }),
    )
  })

  test('panning there and back is nothing, and a centred place is seen', () => {
    const start = { x: 3, y: 4, scale: 0.5 }
    expect(panned(panned(start, 70, -30), -70, 30)).toEqual(start)
    expect(isInView(centred(start, { x: 9000, y: 9000 }, size), size, { x: 9000, y: 9000, width: 1, height: 1 })).toBe(true)
    expect(isInView(start, size, { x: 9000, y: 9000, width: 1, height: 1 })).toBe(false)
  })

  test.each([
    ['ArrowRight', 'right'],
    ['ArrowLeft', 'left'],
    ['ArrowDown', 'below'],
    ['ArrowUp', undefined],
  ])('%s leads to %s', (key, name) => {
    const others = [
      { name: 'right', x: 10, y: 1 },
      { name: 'far right', x: 30, y: 0 },
      { name: 'left', x: -10, y: 0 },
      { name: 'below', x: 1, y: 10 },
    ]
    expect(
      nearestTowards(
        { x: 0, y: 0 },
        others.filter((each) => key !== 'ArrowUp' || each.y > 1),
        key,
      )?.name,
    ).toBe(name)
  })
})
