import { expect, it } from 'vitest'
import { matchesPredicate } from './object-predicate.ts'

const location = { id: '1', type: 'url', target: 'https://github.com/acme/orders' }

it.each<[unknown, boolean]>([
  [{ type: 'url' }, true],
  [{ type: 'URL', target: 'https://GITHUB.com/acme/orders' }, true],
  [{ type: 'file' }, false],
  [{ $not: { type: 'file' } }, true],
  [{ $any: [{ type: 'file' }, { id: '1' }] }, true],
  [{ $all: [{ type: 'url' }, { id: '2' }] }, false],
  [{ target: { $hasPrefix: 'https://github.com/' } }, true],
  [{ target: { $in: ['x', 'https://github.com/acme/orders'] } }, true],
  [{ nothing: { $exists: false } }, true],
  [{ type: { $exists: false } }, false],
  [{ type: { $matches: 'url' } }, false],
  [{}, true],
  ['url', false],
])('%j is %s', (predicate, isMet) => {
  expect(matchesPredicate(predicate, location)).toBe(isMet)
})
