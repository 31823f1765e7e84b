import fc from 'fast-check'
import { expect, it } from 'vitest'
import { filteredPage } from './filtered-page.ts'

it('pages together are the list, without gap or repetition, whatever is filtered out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 400 }), fc.integer({ min: 1, max: 100 }), async (kept, limit) => {
      const all = kept.map((isKept, index) => ({ index, isKept }))
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const page = await filteredPage(
          async (number, size) => all.slice((number - 1) * size, number * size),
          (item) => item.isKept,
          { limit, cursor },
        )
        expect(page?.items.length).toBeLessThanOrEqual(limit)
        seen.push(...(page?.items ?? []).map((item) => item.index))
        cursor = page?.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toEqual(all.filter((item) => item.isKept).map((item) => item.index))
    }),
  )
})

it('a list that is not there is undefined', async () =>
  expect(
    await filteredPage(
      async () => undefined,
      () => true,
      {},
    ),
  ).toBeUndefined())

it('a cursor that somebody made up breaks nothing', async () =>
  expect(
    await filteredPage(
      async () => [1],
      () => true,
      { cursor: 'x.y' },
    ),
  ).toEqual({ items: [1], nextCursor: null }))
