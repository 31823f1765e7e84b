import { expect, test } from 'vitest'
import { offeredScopes } from './permissions.ts'

test.each([
  [['*'], 25],
  [['change:*'], 4],
  [['*:read'], 13],
  [['run:read', 'made-up:thing'], 1],
  [[], 0],
])('%j may pass on %d of the known permissions', (own, count) => {
  expect(offeredScopes(own)).toHaveLength(count)
})
