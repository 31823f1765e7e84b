import { expect, it } from 'vitest'
import { KeyedTurns } from './keyed-turns.ts'

it('runs one at a time for a key, in order, also after a failure; other keys go on', async () => {
  const turns = new KeyedTurns()
  const gate = Promise.withResolvers<void>()
  const done: string[] = []
  const first = turns.take('a', async () => {
    await gate.promise
    done.push('first')
    throw new Error('broken')
  })
  const second = turns.take('a', async () => void done.push('second'))
  await turns.take('b', async () => void done.push('other'))
  expect(done).toEqual(['other'])
  gate.resolve()
  await expect(first).rejects.toThrow('broken')
  await second
  expect(done).toEqual(['other', 'first', 'second'])
})
