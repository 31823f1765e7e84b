import { expect, test } from 'vitest'
import { fieldWords } from './field-words.ts'
import { instantOf, localOf } from './as-of-time.ts'

const now = Date.parse('2026-11-25T12:00:00Z')

test('what a date field says is the instant it showed', () => {
  const instant = '2026-11-20T08:30:00.000Z'
  expect(instantOf(localOf(instant), now)).toBe(instant)
})

test.each([
  ['', undefined],
  ['no date', undefined],
  ['2027-01-01T00:00', undefined],
])('%j is no time in the past', (local, instant) => {
  expect(instantOf(local, now)).toBe(instant)
})

test('an instant that is none shows nothing', () => {
  expect(localOf('yesterday')).toBe('')
})

test.each([
  ['group:default/a', 'group:default/a'],
  [['a', 'b'], '["a","b"]'],
  [{ a: 1 }, '{\n  "a": 1\n}'],
  [7, '7'],
])('%j reads %j', (value, words) => {
  expect(fieldWords(value)).toBe(words)
  expect(fieldWords('x'.repeat(5000)).length).toBeLessThan(2100)
})
