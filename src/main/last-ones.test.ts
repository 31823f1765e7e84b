import { expect, it } from 'vitest'
import { LastOnes } from './last-ones.ts'

it('asks once while it is kept, and again after others or a failure', async () => {
  const kept = new LastOnes<number>(2)
  let asked = 0
  const get = async (key: string): Promise<number> => await kept.get(key, async () => ++asked)
  expect(await Promise.all([get('a'), get('a'), get('b'), get('a')])).toEqual([1, 1, 2, 1])
  expect([await get('c'), await get('a'), await get('b')]).toEqual([3, 1, 4])
  await expect(kept.get('x', async () => await Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await get('x')).toBe(5)
})
