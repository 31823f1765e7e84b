import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { ManualClock } from '#kernel/common/clock'
import { driverFaults, type Driver, type PlannedAction } from '#kernel/common/driver'
import { createRouter, systemCaller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createResources, type Resources } from './index.ts'

let database: TestDatabase
let journal: MemoryJournal
let resources: Resources
let failure: Error | undefined
const clock = new ManualClock()

const echo: Driver = {
  name: 'echo',
  plan: async (request): Promise<PlannedAction> => ({
    ...request,
    driver: 'echo',
    verb: 'create',
    title: 't',
    concern: 'data',
    changes: [],
    dependsOn: [],
    input: { ...request.desired, outputs: { host: 'h', url: { secretPath: 'p' } } },
  }),
  apply: async (action) => {
    if (failure) throw failure
    return { outcome: 'done', message: '', outputs: action.input['outputs'] as never }
  },
  observe: async () => ({ exists: true, fingerprint: '', state: {} }),
  remove: async () => {},
}

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())
beforeEach(() => {
  failure = undefined
  journal = new MemoryJournal()
  const recipe = { name: 'r', title: 'r', description: '', type: 'echo', driver: 'echo', where: {}, parameters: {} }
  resources = createResources({ db: database.db, journal, clock, drivers: [echo], recipes: async () => [recipe], ownerOf: async () => undefined })
})

const context = (key: string) => ({ key, signal: new AbortController().signal, outputs: {}, progress: () => {} })
const planned = async (name: string): Promise<PlannedAction> => {
  const { actions } = await resources.plan({ component: 'orders', environment: 'dev', resources: { [name]: { type: 'echo' } } })
  return actions[0] as PlannedAction
}
const apply = async (action: PlannedAction, key: string): Promise<unknown> => await resources.drivers['echo']?.apply(action, context(key))

describe('a provided resource', () => {
  it('is on record once, however often it is applied, with the change that made it', async () => {
    const action = await planned('once')
    await apply(action, 'chg_1:resource:once')
    await apply(action, 'chg_1:resource:once')
    await apply(action, 'chg_2:resource:once')
    const [row] = await resources.list({ component: 'orders', environment: 'dev' })
    expect(row).toMatchObject({ id: 'echo/orders/dev/once', status: 'ready', changeId: 'chg_1', outputs: { host: 'h', url: { secretPath: 'p' } } })
    expect(journal.events.map((event) => event.type)).toEqual(['provisioning.resource.provided'])
  })

  it('is failed while it never was ready, and stays ready when a later apply fails', async () => {
    const action = await planned('fails')
    const status = async (): Promise<string | undefined> =>
      (await resources.list({ component: 'orders', environment: 'dev' })).find((row) => row.name === 'fails')?.status
    failure = driverFaults.failed({ target: 'x', what: 'no' })
    await expect(apply(action, 'chg_3:a')).rejects.toMatchObject({ code: 'kernel.driver.failed' })
    expect(await status()).toBe('failed')
    failure = undefined
    await apply(action, 'chg_3:a')
    failure = driverFaults.failed({ target: 'x', what: 'no' })
    await expect(apply(action, 'chg_4:a')).rejects.toMatchObject({ code: 'kernel.driver.failed' })
    expect(await status()).toBe('ready')
  })

  it('goes from the record when it is removed, once', async () => {
    const action = await planned('gone')
    await apply(action, 'chg_5:a')
    await resources.drivers['echo']?.remove(action.target, context('chg_6:a'))
    await apply({ ...action, verb: 'destroy' }, 'chg_6:a')
    expect((await resources.list({ component: 'orders', environment: 'dev' })).map((row) => row.name)).not.toContain('gone')
    expect(journal.events.filter((event) => event.type === 'provisioning.resource.removed')).toHaveLength(1)
  })

  it('is listed by component and environment, page by page', async () => {
    for (const name of ['p1', 'p2', 'p3']) await apply(await planned(name), 'chg_7:a')
    const router = createRouter(resources.routes, {
      authenticate: async () => systemCaller,
      authorize: async () => ({ isAllowed: true, reason: '' }),
      log: silentLogger,
    })
    const names: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await router(
        new Request(`http://localhost/api/v1/resources?component=orders&environment=dev&limit=2&cursor=${encodeURIComponent(cursor)}`),
      )
      const page = (await answer.json()) as { items: { name: string }[]; nextCursor: string | null }
      names.push(...page.items.map((item) => item.name))
      cursor = page.nextCursor
    }
    expect(names).toEqual([...names].sort())
    expect(names).toEqual(expect.arrayContaining(['p1', 'p2', 'p3']))
    expect(new Set(names).size).toBe(names.length)
  })
})
