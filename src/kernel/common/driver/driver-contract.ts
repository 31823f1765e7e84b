import { describe, expect, it } from 'vitest'
import { isFault } from '../fault/index.ts'
import type { Secret } from '../secret/index.ts'
import type { ApplyContext, Driver, Outcome, PlannedAction, PlanRequest } from './driver.ts'

/** A driver on its real outside, as its contract suite wants it. */
export interface DriverHarness {
  driver: Driver
  /** Asks for something that is not there yet; each call for something else. */
  request: () => PlanRequest
  /** Leaves the effect of `action` under `key` half done, as a crash would. Absent: the effect is one atomic step. */
  crashHalfway?: (action: PlannedAction, key: string) => Promise<void>
  /** Every secret that the driver has handled so far. */
  secrets: () => Promise<readonly Secret[]>
  /** The same driver, its outside out of reach. */
  broken: () => Promise<Driver>
}

/** Promises that a driver can't keep by its nature, each with the reason; their tests are skipped, e.g. `{ none: 'an analysis is made anew each time' }`. */
export type DriverExemptions = Partial<Record<'none' | 'stale' | 'absent' | 'remove' | 'broken', string>>

let keyCount = 0
const newKey = (): string => `chg_contract${++keyCount}:test`

/**
 * The promises of `Driver`, a test each, called by every driver's own test with a way to make a harness.
 * The harness is made once per test and should be disposed by the caller's `afterAll`.
 */
export function driverContract(name: string, options: { make: () => Promise<DriverHarness>; without?: DriverExemptions }): void {
  const without = options.without ?? {}
  const { make } = options

  describe(`Driver contract: ${name}`, () => {
    it('plan never writes', async () => {
      const { driver, request } = await make()
      const wish = request()
      const before = await driver.observe(wish.target)
      const first = await driver.plan(wish)
      const second = await driver.plan(wish)
      expect(await driver.observe(wish.target)).toEqual(before)
      expect(actionShape(second)).toEqual(actionShape(first))
      expect(first).toMatchObject({ id: wish.id, driver: driver.name, target: wish.target, dependsOn: wish.dependsOn ?? [] })
    })

    it.skipIf(without.none)('of what already is as desired, plan answers verb none, and applying that gives the same outputs', async () => {
      const { driver, request } = await make()
      const wish = request()
      const done = await applied(driver, await driver.plan(wish), newKey())
      const again = await driver.plan(wish)
      expect(again.verb).toBe('none')
      expect(again.changes).toEqual([])
      expect((await applied(driver, again, newKey())).outputs).toEqual(done.outputs)
    })

    it('apply under the same key ends in the same state with the same outputs', async () => {
      const { driver, request } = await make()
      const action = await driver.plan(request())
      const key = newKey()
      const first = await applied(driver, action, key)
      const observed = await driver.observe(action.target)
      expect((await applied(driver, action, key)).outputs).toEqual(first.outputs)
      expect(await driver.observe(action.target)).toEqual(observed)
    })

    it('apply after a crash half-way, under the same key, ends as if there had been none', async () => {
      const harness = await make()
      const { driver, request } = harness
      const action = await driver.plan(request())
      const key = newKey()
      await harness.crashHalfway?.(action, key)
      const done = await applied(driver, action, key)
      const observed = await driver.observe(action.target)
      expect((await applied(driver, action, key)).outputs).toEqual(done.outputs)
      expect(await driver.observe(action.target)).toEqual(observed)
    })

    it.skipIf(without.stale)('apply of a plan that reality has left behind is kernel.driver.stale and changes nothing', async () => {
      const { driver, request } = await make()
      const action = await driver.plan(request())
      await applied(driver, action, newKey())
      const moved = await driver.observe(action.target)
      await expect(driver.apply(action, contextOf(newKey()))).rejects.toMatchObject({ code: 'kernel.driver.stale' })
      expect(await driver.observe(action.target)).toEqual(moved)
    })

    it.skipIf(without.absent)('observe of an absent target says so, and does not fail', async () => {
      const { driver, request } = await make()
      expect((await driver.observe(request().target)).exists).toBe(false)
    })

    it.skipIf(without.remove)('remove takes away what is there, and of an absent target it is a success', async () => {
      const { driver, request } = await make()
      const wish = request()
      await driver.remove(wish.target, contextOf(newKey()))
      await applied(driver, await driver.plan(wish), newKey())
      expect((await driver.observe(wish.target)).exists).toBe(true)
      const key = newKey()
      await driver.remove(wish.target, contextOf(key))
      await driver.remove(wish.target, contextOf(key))
      expect((await driver.observe(wish.target)).exists).toBe(false)
      expect((await driver.plan(wish)).verb).not.toBe('none')
    })

    it.skipIf(without.broken)('a failure of the outside is a fault', async () => {
      const harness = await make()
      const wish = harness.request()
      const action = await harness.driver.plan(wish)
      const broken = await harness.broken()
      const failure: unknown = await broken.apply(action, contextOf(newKey())).catch((error: unknown) => error)
      expect(failure).toSatisfy(isFault)
      expect((await harness.driver.observe(wish.target)).exists).toBe(false)
    })

    it('secrets are in no action, outcome, observation or message', async () => {
      const harness = await make()
      const { driver, request } = harness
      const wish = request()
      const said: unknown[] = []
      const action = await driver.plan(wish)
      said.push(
        action,
        await driver.apply(
          action,
          contextOf(newKey(), (message) => said.push(message)),
        ),
      )
      said.push(await driver.observe(wish.target), await driver.plan(wish))
      const text = JSON.stringify(said)
      for (const secret of await harness.secrets()) expect(text.includes(secret.reveal())).toBe(false)
    })
  })
}

async function applied(driver: Driver, action: PlannedAction, key: string): Promise<Extract<Outcome, { outcome: 'done' }>> {
  const outcome = await driver.apply(action, contextOf(key))
  if (outcome.outcome !== 'done') throw new Error(`refused: ${outcome.message}`)
  return outcome
}

function contextOf(key: string, onProgress: (message: string) => void = () => {}): ApplyContext {
  return { key, signal: new AbortController().signal, outputs: {}, progress: ({ message }) => onProgress(message) }
}

/** What planning twice must agree on; a driver may keep where it saved the plan in `input`. */
function actionShape({ input: _input, ...shape }: PlannedAction): Omit<PlannedAction, 'input'> {
  return shape
}
