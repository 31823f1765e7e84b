import { expect, it, vi } from 'vitest'
import { silentLogger } from '#kernel/node/log'
import { startLoop, stopWithin } from './lifecycle.ts'

it('goes on after a failure, and ends when disposed', async () => {
  let rounds = 0
  const loop = startLoop({
    name: 'counting',
    intervalMs: 1,
    log: silentLogger,
    work: async () => {
      rounds += 1
      if (rounds === 1) throw new Error('once')
    },
  })
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(2))
  await loop[Symbol.asyncDispose]()
  const ended = rounds
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(rounds).toBe(ended)
})

it('keeps a wake that comes during a round', async () => {
  let rounds = 0
  const round = Promise.withResolvers<void>()
  const loop = startLoop({
    name: 'waking',
    intervalMs: 60_000,
    log: silentLogger,
    work: async () => {
      rounds += 1
      if (rounds === 1) await round.promise
    },
  })
  loop.wake()
  round.resolve()
  await vi.waitFor(() => expect(rounds).toBe(2))
  await loop[Symbol.asyncDispose]()
})

it('gives up a stop that takes too long', async () => {
  const stack = new AsyncDisposableStack()
  stack.defer(async () => await new Promise(() => {}))
  expect(await stopWithin(stack, 5)).toBe(false)
})
