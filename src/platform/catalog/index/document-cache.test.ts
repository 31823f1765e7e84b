import { expect, it } from 'vitest'
import { DocumentCache } from './document-cache.ts'

it('keeps up to its bound, and what is asked for longer than what is not', () => {
  const cache = new DocumentCache(100_000)
  const text = 'x'.repeat(900)
  for (let row = 0; row < 1_000; row++) {
    cache.set(row, `${row} ${text}`)
    expect(cache.get(0)).toBe(`0 ${text}`)
    expect(cache.sizeBytes).toBeLessThanOrEqual(100_000)
  }
  expect(cache.get(999)).toBe(`999 ${text}`)
  expect(cache.get(500)).toBeUndefined()
})

it('forgets, replaces, and does not keep what is too large', () => {
  const cache = new DocumentCache(3_000)
  cache.set(1, 'one')
  cache.set(1, 'two')
  expect(cache.get(1)).toBe('two')
  cache.set(1, 'x'.repeat(1_001))
  expect(cache.get(1)).toBeUndefined()
  expect(cache.sizeBytes).toBe(0)
  cache.set(2, 'a')
  cache.delete(2)
  cache.clear()
  expect(cache.get(2)).toBeUndefined()
  expect(cache.sizeBytes).toBe(0)
})
