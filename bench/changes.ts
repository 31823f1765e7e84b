import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { z } from 'zod'
import { systemClock } from '#kernel/common/clock'
import type { Driver, PlannedAction } from '#kernel/common/driver'
import { systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createChanges, startChangeEngine, type ChangeKind } from '#platform/change'
import { createEvents } from '#platform/event'
import { median, type BenchContext, type Measurement } from './measure.ts'
import { startScratchPostgres } from './scratch-postgres.ts'

const CHANGES = 200
const WARM_UP = 20
const CALLERS = 8

const action: PlannedAction = {
  id: 'touch',
  driver: 'nothing',
  verb: 'run',
  target: 'nothing/here',
  title: 'Do nothing',
  concern: 'capacity',
  changes: [],
  dependsOn: [],
  input: {},
}
const nothing: Driver = {
  name: 'nothing',
  plan: async () => action,
  apply: async () => ({ outcome: 'done', message: 'did nothing', outputs: {} }),
  observe: async () => ({ exists: true, fingerprint: '', state: {} }),
  remove: async () => {},
}
const input = z.strictObject({ name: z.string() })
const kind: ChangeKind<z.infer<typeof input>> = {
  kind: 'nothing',
  input,
  describe: ({ name }) => ({ title: `Nothing for ${name}`, component: name }),
  resource: () => ({ type: 'Platform', id: 'fairway' }),
  plan: async () => ({ summary: 'one action', actions: [action], rollback: [], costCentsPerMonth: 0, approval: null, unchanged: false }),
}

/** Changes per second through the real engine, log and PostgreSQL, with one action that does nothing; and how long a single one takes. */
export async function measureChanges(context: BenchContext): Promise<Measurement[]> {
  await using postgres = await startScratchPostgres()
  const { db, url } = postgres
  const { journal } = createEvents({ db, databaseUrl: url, clock: systemClock, log: silentLogger, watchCredential: () => ({ [Symbol.dispose]: () => {} }) })
  const deps = {
    db,
    journal,
    clock: systemClock,
    log: silentLogger,
    kinds: { nothing: kind as ChangeKind },
    drivers: { nothing },
    policies: { evaluate: async () => [] },
  }
  const { service } = createChanges(deps)
  await using running = new AsyncDisposableStack()
  running.use(await startChangeEngine({ ...deps, databaseUrl: url }))

  let made = 0
  const create = async (): Promise<void> => void (await service.create(systemCaller, { kind: 'nothing', input: { name: `c${made++}` } }))
  const untilAllEnded = async (): Promise<void> => {
    for (;;) {
      const { rows } = await sql<{ open: number }>`select count(*)::int as open from change where finished_at is null`.execute(db)
      if (rows[0]?.open === 0) return
      await sleep(10)
    }
  }
  const batch = async (count: number): Promise<number> => {
    const startedAt = performance.now()
    let left = count
    const caller = async (): Promise<void> => {
      while (left-- > 0) await create()
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    await untilAllEnded()
    return (performance.now() - startedAt) / 1000
  }
  await batch(WARM_UP)
  const rates: number[] = []
  const singles: number[] = []
  for (let run = 0; run < context.runs; run++) {
    rates.push(CHANGES / (await batch(CHANGES)))
    singles.push((await batch(1)) * 1000)
  }
  return [
    {
      name: 'Changes per second',
      value: median(rates),
      unit: '/s',
      how: `${CHANGES} changes of one no-op action by ${CALLERS} callers, asked to ended`,
      samples: rates,
    },
    { name: 'one Change alone', value: median(singles), unit: 'ms', how: 'asked to ended, one no-op action', samples: singles },
  ]
}
