import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DocumentCache } from './document-cache.ts'

it('answers what was put in last, or nothing, within its bound', () => {
  const text = fc.integer({ min: 0, max: 3_000 }).chain((length) => fc.constantFrom('x', 'ü', '€', '𝒳').map((letter) => letter.repeat(length)))
  const step = fc.record({ slot: fc.nat(60), text: fc.option(text, { nil: undefined }), isGone: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 400 }), (steps) => {
      const cache = new DocumentCache(90_000)
      const last = new Map<number, string>()
      for (const [at, { slot, text: put, isGone }] of steps.entries()) {
        if (put !== undefined) {
          cache.set(slot, `${at} ${put}`)
          last.set(slot, `${at} ${put}`)
        } else if (isGone) {
          cache.delete(slot)
          last.delete(slot)
        }
        const isKept = put !== undefined && Buffer.byteLength(put) < 10_000
        expect(isKept && cache.get(slot) !== last.get(slot)).toBe(false)
        const any = (slot * 7 + at) % 61
        expect([undefined, last.get(any)]).toContain(cache.get(any))
        expect(cache.sizeBytes).toBeLessThanOrEqual(90_000 + 4_096)
      }
    }),
    { numRuns: 60 },
  )
})

it('keeps what is asked for longer than what is not', () => {
  const cache = new DocumentCache(100_000)
  const text = 'x'.repeat(900)
  for (let slot = 0; slot < 1_000; slot++) {
    cache.set(slot, `${slot} ${text}`)
    expect(cache.get(0)).toBe(`0 ${text}`)
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
  cache.set(2, 'a')
  cache.delete(2)
  expect(cache.get(2)).toBeUndefined()
  cache.set(3, 'b')
  cache.clear()
  expect(cache.get(3)).toBeUndefined()
})
