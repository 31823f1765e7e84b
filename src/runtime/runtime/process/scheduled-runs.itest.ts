import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import type { Clock } from '#kernel/common/clock'
import type { WorkloadSpec, WorkloadStatus } from '../runtime.ts'
import type { FinishedRun } from './process-deps.ts'
import { makeProcessHarness, type ProcessHarness } from './process-harness.ts'
import { ProcessRuntime } from './process-runtime.ts'

/** Real time, but a minute can be skipped: sleepers see it at once. */
class ShiftedClock implements Clock {
  #offsetMs = 0

  now(): Date {
    return new Date(Date.now() + this.#offsetMs)
  }

  async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    const until = this.now().getTime() + durationMs
    while (this.now().getTime() < until) {
      signal?.throwIfAborted()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    signal?.throwIfAborted()
  }

  /** To just before the next full minute. */
  toNextMinute(): Date {
    const minute = Math.ceil((this.now().getTime() + 200) / 60_000) * 60_000
    this.#offsetMs += minute - 50 - this.now().getTime()
    return new Date(minute)
  }

  skip(durationMs: number): void {
    this.#offsetMs += durationMs
  }
}

let database: TestDatabase
let harness: ProcessHarness
let clock: ShiftedClock
let runtime: ProcessRuntime
let runs: FinishedRun[]

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())
beforeEach(async () => {
  harness = await makeProcessHarness(database.db)
  clock = new ShiftedClock()
  runs = []
  runtime = await start()
})
afterEach(async () => {
  await runtime.close({ stopWorkloads: true })
  await sql`delete from workload`.execute(database.db)
  await sql`delete from workload_run`.execute(database.db)
  await harness.remove()
})

const start = (): Promise<ProcessRuntime> =>
  ProcessRuntime.start({ ...harness.deps, clock, onRun: (run) => runs.push(run) }, { checkMs: 50, adoptedPollMs: 20 })
const jobOf = (program: string, more: Partial<WorkloadSpec> = {}): WorkloadSpec => ({
  ...harness.specOf(program),
  schedule: { cron: '* * * * *', timeoutSeconds: 60 },
  ...more,
})
const until = async (spec: WorkloadSpec, test: (status: WorkloadStatus) => void): Promise<WorkloadStatus> =>
  await vi.waitFor(
    async () => {
      const status = await runtime.status(spec.ref)
      test(status)
      return status
    },
    { timeout: 20_000, interval: 20 },
  )
const untilEnded = (spec: WorkloadSpec, count: number): Promise<WorkloadStatus> => until(spec, () => expect(runs).toHaveLength(count))
const linesOf = async (spec: WorkloadSpec): Promise<string[]> => (await Array.fromAsync(runtime.logs(spec.ref, {}))).map((line) => line.line)

it('starts a process at each of its times, and is ready in between', async () => {
  const job = jobOf('job')
  await runtime.ensure(job)
  const waiting = await until(job, (status) => expect(status.state).toBe('ready'))
  expect(waiting.message).toMatch(/^runs at \d{4}-/)
  expect(waiting.instances[0]).not.toHaveProperty('lastRun')
  const [first, second] = [clock.toNextMinute(), (await untilEnded(job, 1), clock.toNextMinute())]
  const status = await untilEnded(job, 2)
  expect(await linesOf(job)).toEqual([`run at ${first.toISOString()} port undefined`, `run at ${second.toISOString()} port undefined`])
  expect(status).toMatchObject({ state: 'ready', instances: [{ restarts: 0, lastRun: { scheduledAt: second.toISOString(), isGood: true } }] })
  expect(runtime.readyEndpoints(job.ref)).toEqual([])
  expect(runs[0]).toMatchObject({ ref: job.ref, version: '1', isGood: true })
})

it('has failed after a run that did not end well, says why, and is ready again after one that did', async () => {
  const job = jobOf('job-fails')
  await runtime.ensure(job)
  await until(job, (status) => expect(status.state).toBe('ready'))
  await runtime.restart(job.ref, 'user:default/ana')
  const failed = await until(job, (status) => expect(status.state).toBe('failed'))
  expect(failed.message).toMatch(/runs at .*; 0 of 1 ready: exited with 4: Error: no report/)
  expect(failed.instances[0]).toMatchObject({ lastRun: { isGood: false } })
  await runtime.ensure({ ...jobOf('job'), ref: job.ref })
  await until(job, (status) => expect(status).toMatchObject({ state: 'ready', instances: [{ state: 'ready' }] }))
})

it('runs at once when it is restarted, and notes who asked', async () => {
  const job = jobOf('job', { schedule: { cron: '0 0 1 1 *', timeoutSeconds: 60 } })
  await runtime.ensure(job)
  await until(job, (status) => expect(status.state).toBe('ready'))
  await runtime.restart(job.ref, 'user:default/ana')
  await untilEnded(job, 1)
  expect(harness.deps.journal).toMatchObject({
    events: expect.arrayContaining([expect.objectContaining({ type: 'runtime.workload.restarted', actor: 'user:default/ana' })]) as unknown,
  })
})

it('ends a run that takes longer than it may', async () => {
  const job = jobOf('job-hangs', { schedule: { cron: '0 0 1 1 *', timeoutSeconds: 1 } })
  await runtime.ensure(job)
  await until(job, (status) => expect(status.state).toBe('ready'))
  await runtime.restart(job.ref, 'user:default/ana')
  const status = await untilEnded(job, 1)
  expect(status.message).toContain('took longer than its limit of 1 s')
})

it('makes up for the newest time that was missed while the platform was away, and runs none twice', async () => {
  const job = jobOf('job')
  await runtime.ensure(job)
  clock.toNextMinute()
  await untilEnded(job, 1)
  await runtime.close({ stopWorkloads: true })
  runtime = await start()
  await until(job, (status) => expect(status.state).toBe('ready'))
  await runtime.close({ stopWorkloads: true })
  expect(runs).toHaveLength(1)
  clock.skip(5 * 60_000)
  const missed = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000)
  runtime = await start()
  const status = await untilEnded(job, 2)
  expect(status.instances[0]?.lastRun?.scheduledAt).toBe(missed.toISOString())
})

it('goes on with a run that outlived the platform', async () => {
  const job = jobOf('job-hangs', { schedule: { cron: '0 0 1 1 *', timeoutSeconds: 2 } })
  await runtime.ensure(job)
  await until(job, (status) => expect(status.state).toBe('ready'))
  await runtime.restart(job.ref, 'user:default/ana')
  const before = await until(job, (status) => expect(status.instances[0]?.pid).toBeGreaterThan(0))
  await runtime.close({ stopWorkloads: false })
  runtime = await start()
  const after = await until(job, (status) => expect(status.instances[0]?.pid).toBe(before.instances[0]?.pid))
  expect(after.instances[0]?.lastRun).toEqual(before.instances[0]?.lastRun)
  await untilEnded(job, 1)
})

it('gives each time one run when two releases are there', async () => {
  const [old, fresh] = [jobOf('job'), jobOf('job')]
  const other = { ...fresh, ref: { ...old.ref, release: 'rel_2' } }
  await runtime.ensure(old)
  await runtime.ensure(other)
  for (const job of [old, other]) await until(job, (status) => expect(status.state).toBe('ready'))
  for (let count = 1; count <= 3; count++) {
    clock.toNextMinute()
    await untilEnded(old, count)
  }
  const { rows } = await sql<{ times: number; all: number }>`select count(distinct scheduled_at)::int as times, count(*)::int as all from workload_run`.execute(
    database.db,
  )
  expect(rows[0]).toEqual({ times: 3, all: 3 })
})
