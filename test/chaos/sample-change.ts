import { sql } from 'kysely'
import { z } from 'zod'
import { systemClock } from '#kernel/common/clock'
import type { Driver, Outcome, PlannedAction } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import { faults } from '#kernel/common/fault'
import type { Journal } from '#kernel/node/journal'
import type { ChangeKind, Drivers } from '#platform/change'

const sampleFaults = faults('test.sample', {
  flaky: { status: 503, title: 'Flaky', retry: 'backoff', detail: () => 'the far end hiccuped' },
  broken: { status: 422, title: 'Broken', retry: 'no', detail: () => 'the far end is broken' },
})

const input = z.strictObject({
  name: z.string(),
  environment: z.string().optional(),
  /** What the second action does. */
  second: z.enum(['done', 'refused', 'broken', 'flaky', 'hang', 'slow']).default('done'),
  approvals: z.number().int().default(0),
  unchanged: z.boolean().default(false),
  expiresAfterHours: z.number().optional(),
  /** People must agree before the second action. */
  gate: z.boolean().default(false),
  /** Known to its end when it is asked for. */
  settled: z.enum(['done', 'failed']).optional(),
})
export type SampleInput = z.infer<typeof input>

const action = (id: string, dependsOn: string[], act: string = 'done'): PlannedAction => ({
  id,
  driver: 'sample',
  verb: 'run',
  target: `sample/${id}`,
  title: `Do ${id}`,
  concern: 'capacity',
  changes: [],
  dependsOn,
  input: { act },
})

/** A change with two actions, a verification, a clean-up and two steps back, whose effects are rows that a test can count. */
export const sampleKind: ChangeKind<SampleInput> = {
  kind: 'sample',
  input,
  describe: ({ name, environment }) => ({ title: `Sample ${name}`, component: name, ...(environment === undefined ? {} : { environment }) }),
  resource: () => ({ type: 'Platform', id: 'fairway' }),
  settle: async ({ settled }) => {
    if (settled === 'failed') return { failure: { message: 'it can not be planned', code: 'test.sample.broken' } }
    const plan = { summary: 'nothing outside', actions: [], rollback: [], costCentsPerMonth: 0, approval: null, unchanged: true }
    return settled === 'done' ? { plan } : undefined
  },
  plan: async ({ second, approvals, unchanged, expiresAfterHours, gate }) => ({
    summary: 'two actions',
    actions: [action('verify', ['second']), action('first', []), action('second', ['first'], second), action('clean', ['verify'])],
    rollback: [action('undo-second', []), action('undo-first', ['undo-second'])],
    costCentsPerMonth: 0,
    approval:
      approvals === 0
        ? null
        : {
            required: approvals,
            groups: ['group:default/payments'],
            separationOfDuties: true,
            reason: 'a test asks for it',
            ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }),
          },
    unchanged,
    ...(gate
      ? {
          gates: {
            second: {
              required: 1,
              groups: ['group:default/payments'],
              separationOfDuties: true,
              reason: 'the first was risky',
              ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }),
            },
          },
        }
      : {}),
  }),
  finished: async (tx, change) => {
    await sql`insert into sample_end (change, state) values (${change.id}, ${change.state})`.execute(tx)
  },
}

export async function createSampleTables(db: Database): Promise<void> {
  await sql`create table if not exists sample_effect (key text primary key)`.execute(db)
  await sql`create table if not exists sample_attempt (id bigserial primary key, key text not null, executor text not null)`.execute(db)
  await sql`create table if not exists sample_end (change text primary key, state text not null)`.execute(db)
  await sql`create table if not exists sample_event (id bigserial primary key, type text not null, subject text not null)`.execute(db)
}

/** Keeps events in a table, so that tests see them across processes. */
export class TableJournal implements Journal {
  async append(tx: Parameters<Journal['append']>[0], ...events: Parameters<Journal['append']>[1][]): Promise<void> {
    for (const event of events) await sql`insert into sample_event (type, subject) values (${event.type}, ${event.subject})`.execute(tx)
  }
}

/** Its effect is a row under the idempotency key; each call leaves a trace too. */
export function sampleDrivers(db: Database, executor: string): Drivers {
  const flaky = new Map<string, number>()
  const driver: Driver = {
    name: 'sample',
    plan: async () => action('unused', []),
    observe: async () => ({ exists: false, fingerprint: '', state: {} }),
    remove: async () => {},
    apply: async (planned, context): Promise<Outcome> => {
      await sql`insert into sample_attempt (key, executor) values (${context.key}, ${executor})`.execute(db)
      if (planned.input['act'] === 'refused') return { outcome: 'refused', reason: 'worse than before', message: 'worse than before' }
      if (planned.input['act'] === 'broken') throw sampleFaults.broken({})
      if (planned.input['act'] === 'flaky') {
        const count = (flaky.get(context.key) ?? 0) + 1
        flaky.set(context.key, count)
        if (count <= 2) throw sampleFaults.flaky({})
      }
      if (planned.input['act'] === 'hang') {
        for (let second = 0; ; second++) {
          context.progress({ message: `waiting for ${second}`, percent: Math.min(99, second) })
          await systemClock.sleep(50, context.signal)
        }
      }
      if (planned.input['act'] === 'slow') await systemClock.sleep(1_500, context.signal)
      await sql`insert into sample_effect (key) values (${context.key}) on conflict do nothing`.execute(db)
      return { outcome: 'done', message: `did ${planned.id}`, outputs: { id: planned.id } }
    },
  }
  return { sample: driver }
}
