import { describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { silentLogger } from '#kernel/node/log'
import { parseCron, type Cron } from '../cron.ts'
import { RunClock } from './run-clock.ts'

const ref = { component: 'report', environment: 'dev', release: 'rel_1' }
const cron = parseCron('*/10 * * * *').cron as Cron
const at = (time: string): Date => new Date(`2026-03-01T${time}Z`)

/** A store in memory; a claim may fail, as when another platform was faster. */
function storeOf(seen: Date, options: { taken?: readonly string[]; failures?: number } = {}) {
  const claims: string[] = []
  let failures = options.failures ?? 0
  let seenUntil = seen
  return {
    claims,
    seenUntil: async () => {
      if (failures-- > 0) throw new Error('the database is away')
      return seenUntil
    },
    claim: async (_: unknown, run: { scheduledAt: Date }) => {
      const time = run.scheduledAt.toISOString().slice(11, 19)
      if (run.scheduledAt > seenUntil) seenUntil = run.scheduledAt
      if (options.taken?.includes(time)) return false
      claims.push(time)
      return true
    },
  }
}
const clockOf = (store: ReturnType<typeof storeOf>, clock: ManualClock): RunClock =>
  new RunClock({ cron, ref, instance: 'ins_1' }, { store, clock, log: silentLogger })
const never = new AbortController().signal

describe('RunClock', () => {
  it('waits for its times, one after the other', async () => {
    const clock = new ManualClock(at('10:03:00'))
    const store = storeOf(at('10:03:00'))
    const runs = clockOf(store, clock)
    expect(runs.nextAt).toEqual(at('10:10:00'))
    for (let count = 0; count < 3; count++) await runs.next(never)
    expect(store.claims).toEqual(['10:10:00', '10:20:00', '10:30:00'])
  })

  it('makes up for the newest time that was missed, and for no other', async () => {
    const store = storeOf(at('08:00:00'))
    const runs = clockOf(store, new ManualClock(at('10:03:00')))
    for (let count = 0; count < 2; count++) await runs.next(never)
    expect(store.claims).toEqual(['10:00:00', '10:10:00'])
  })

  it('does not make up for a time before the workload was asked for', async () => {
    const store = storeOf(at('10:00:30'))
    await clockOf(store, new ManualClock(at('10:01:00'))).next(never)
    expect(store.claims).toEqual(['10:10:00'])
  })

  it('leaves a time to whoever claimed it first', async () => {
    const store = storeOf(at('10:03:00'), { taken: ['10:10:00', '10:20:00'] })
    expect(await clockOf(store, new ManualClock(at('10:03:00'))).next(never)).toMatchObject({ scheduledAt: at('10:30:00') })
  })

  it('runs when asked, also while it waits, and goes on with its times', async () => {
    const clock = new ManualClock(at('10:03:00'))
    const store = storeOf(at('10:03:00'))
    const runs = clockOf(store, clock)
    runs.runNow()
    await runs.next(never)
    await runs.next(never)
    expect(store.claims).toEqual(['10:03:00', '10:10:00'])
  })

  it('begins no run while the database is away, and goes on when it is back', async () => {
    const store = storeOf(at('08:00:00'), { failures: 3 })
    expect(await clockOf(store, new ManualClock(at('10:03:00'))).next(never)).toMatchObject({ scheduledAt: at('10:00:00') })
  })

  it('ends when it is told', async () => {
    await expect(clockOf(storeOf(at('10:03:00')), new ManualClock(at('10:03:00'))).next(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
  })
})
