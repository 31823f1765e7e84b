import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { countFailure, restartBackOff, restartDelayMs } from './back-off.ts'

it('doubles the pause from one second up to a minute', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => restartDelayMs(failures))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000))
})

it('trusts a replica again that was healthy for a minute', () => {
  expect(countFailure(9, 59_999)).toBe(10)
  expect(countFailure(9, 60_000)).toBe(1)
})

it('starts a replica that always crashes at once no more than 11 times in five minutes', async () => {
  const clock = new ManualClock()
  const start = clock.now().getTime()
  let failures = 0
  let starts = 0
  while (clock.now().getTime() - start < 300_000) {
    starts++
    failures = countFailure(failures, 0)
    await clock.sleep(restartDelayMs(failures))
  }
  expect(starts).toBeLessThanOrEqual(11)
})

it('never pauses less than the base or more than the maximum', () => {
  fc.assert(
    fc.property(fc.nat(10_000), (failures) => {
      const delay = restartDelayMs(failures)
      expect(delay).toBeGreaterThanOrEqual(restartBackOff.baseMs)
      expect(delay).toBeLessThanOrEqual(restartBackOff.maxMs)
    }),
  )
})
