import { describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import type { Driver, Outcome } from '#kernel/common/driver'
import { faults } from '#kernel/common/fault'
import { silentLogger } from '#kernel/node/log'
import { runAction, type ActionRun } from './action-runner.ts'
import { Abandoned } from './patience.ts'

const testFaults = faults('test.runner', {
  away: { status: 503, title: 'Away', retry: 'backoff', detail: () => 'the registry is away' },
  busy: { status: 429, title: 'Busy', retry: 'after', detail: () => 'the cloud asks for patience' },
  wrong: { status: 422, title: 'Wrong', retry: 'no', detail: () => 'the name is taken' },
})
const good: Outcome = { outcome: 'done', message: 'made', outputs: { host: 'db' } }

function runOf(apply: Driver['apply'], over: Partial<ActionRun> = {}): { run: ActionRun; lines: string[] } {
  const lines: string[] = []
  const driver: Driver = {
    name: 'sample',
    plan: async () => await Promise.reject(new Error('unused')),
    apply,
    observe: async () => ({ exists: false, fingerprint: '', state: {} }),
    remove: async () => {},
  }
  const action = {
    id: 'a',
    driver: 'sample',
    verb: 'create' as const,
    target: 't',
    title: 'Make it',
    concern: 'data' as const,
    changes: [],
    dependsOn: [],
    input: {},
  }
  const run: ActionRun = {
    driver,
    action,
    key: 'chg_1:a',
    outputs: {},
    cancel: new AbortController().signal,
    stop: new AbortController().signal,
    clock: new ManualClock(),
    log: silentLogger,
    report: ({ message }) => lines.push(message),
    ...over,
  }
  return { run, lines }
}

describe('runAction', () => {
  it('tries a transient fault again after growing waits, shows each, and gives the same key each time', async () => {
    const keys: string[] = []
    const clock = new ManualClock(new Date(0))
    const { run, lines } = runOf(
      async (_action, { key }) => {
        keys.push(key)
        if (keys.length < 3) throw testFaults.away({})
        return good
      },
      { clock },
    )
    expect(await runAction(run)).toEqual(good)
    expect(keys).toEqual(['chg_1:a', 'chg_1:a', 'chg_1:a'])
    expect(lines).toEqual(['the registry is away; attempt 2 of 5 in 0.5 s', 'the registry is away; attempt 3 of 5 in 1 s'])
    expect(clock.now().getTime()).toBe(1_500)
  })

  it('gives up after five attempts', async () => {
    let attempts = 0
    const { run } = runOf(async () => {
      attempts++
      throw testFaults.away({})
    })
    expect(await runAction(run)).toEqual({ outcome: 'failed', message: 'the registry is away (after 5 attempts)', code: 'test.runner.away' })
    expect(attempts).toBe(5)
  })

  it('waits as long as it is asked to', async () => {
    const clock = new ManualClock(new Date(0))
    let attempts = 0
    const { run } = runOf(
      async () => {
        if (attempts++ === 0) throw testFaults.busy({}, { retryAfterSeconds: 7 })
        return good
      },
      { clock },
    )
    await runAction(run)
    expect(clock.now().getTime()).toBe(7_000)
  })

  it('does not try a lasting fault again', async () => {
    const { run, lines } = runOf(async () => await Promise.reject(testFaults.wrong({})))
    expect(await runAction(run)).toEqual({ outcome: 'failed', message: 'the name is taken', code: 'test.runner.wrong' })
    expect(lines).toEqual([])
  })

  it('keeps the text of an unknown error to itself', async () => {
    const { run } = runOf(async () => await Promise.reject(new Error('password=hunter2')))
    const end = await runAction(run)
    expect(end).toMatchObject({ outcome: 'failed', code: 'platform.change.internal' })
    expect(end.message).not.toContain('hunter2')
  })

  it('waits for our own database without counting attempts', async () => {
    let attempts = 0
    const { run } = runOf(async () => {
      if (++attempts < 20) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
      return good
    })
    expect(await runAction(run)).toEqual(good)
  })

  it('ends as cancelled when a person cancels in the middle', async () => {
    const cancel = new AbortController()
    const { run } = runOf(
      async (_action, { signal }) => {
        cancel.abort()
        signal.throwIfAborted()
        return good
      },
      { cancel: cancel.signal },
    )
    expect(await runAction(run)).toEqual({ outcome: 'cancelled', message: 'cancelled' })
  })

  it('has no outcome when the process stops, not even that of a driver that was done', async () => {
    const stop = new AbortController()
    const { run } = runOf(
      async () => {
        stop.abort()
        return good
      },
      { stop: stop.signal },
    )
    await expect(runAction(run)).rejects.toBeInstanceOf(Abandoned)
  })
})
