import { expect, it } from 'vitest'
import { newId, parseId } from './id.ts'

it('makes ids that sort by the time and order of their making, and differ', () => {
  const ids = [...Array.from({ length: 500 }, () => newId('chg', 1_700_000_000_000)), newId('chg', 1_700_000_000_001)]
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
})

it.each([
  { text: newId('rel'), isGood: true },
  { text: 'rel_', isGood: false },
  { text: 'chg_01k9v3x7wq000', isGood: false },
  { text: 'rel_01k9v3x7wq000; drop table', isGood: false },
])('parses $text: $isGood', ({ text, isGood }) => {
  expect(parseId('rel', text) !== undefined).toBe(isGood)
})
