import type { Clock } from '#kernel/common/clock'
import type { ApplyContext, Driver, Outcome, PlannedAction } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { readDesired } from './desired.ts'
import { deleteResource, noteFailed, noteProviding, noteReady } from './resource-store.ts'

interface RecordDeps {
  db: Database
  journal: Journal
  clock: Clock
}

/**
 * The same driver, whose effects are kept in the table `resource`: that is why a deployment need record nothing. What the row says follows
 * what `apply` and `remove` did, not how the change ended: a database that was made by a change which failed later is there, and is listed.
 * Recording is idempotent like the effect; the event is appended once.
 */
export function recordedDriver(driver: Driver, deps: RecordDeps): Driver {
  return {
    name: driver.name,
    plan: (request) => driver.plan(request),
    observe: (target) => driver.observe(target),
    apply: async (action, context) => await applyRecorded(driver, action, context, deps),
    remove: async (target, context) => {
      await driver.remove(target, context)
      await recordRemoved(target, context, deps)
    },
  }
}

async function applyRecorded(driver: Driver, action: PlannedAction, context: ApplyContext, { db, journal, clock }: RecordDeps): Promise<Outcome> {
  if (action.verb === 'destroy') {
    const outcome = await driver.apply(action, context)
    if (outcome.outcome === 'done') await recordRemoved(action.target, context, { db, journal, clock })
    return outcome
  }
  const desired = readDesired(driver.name, action.input)
  const changeId = changeOf(context.key)
  await noteProviding(db, { desired, driver: driver.name, changeId, at: clock.now() })
  const outcome = await driver.apply(action, context).catch(async (error: unknown) => {
    await noteFailed(db, action.target, clock.now())
    throw error
  })
  if (outcome.outcome === 'refused') await noteFailed(db, action.target, clock.now())
  else
    await db.transaction().execute(async (tx) => {
      const isNews = await noteReady(tx, { desired, driver: driver.name, outputs: outcome.outputs, changeId, at: clock.now() })
      if (!isNews) return
      const { component, environment, recipe } = desired
      await journal.append(tx, {
        type: 'provisioning.resource.provided',
        subject: `resource/${action.target}`,
        actor: 'system:fairway',
        data: { component, environment, recipe, verb: action.verb, changeId },
      })
    })
  return outcome
}

async function recordRemoved(target: string, context: ApplyContext, { db, journal }: RecordDeps): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (!(await deleteResource(tx, target))) return
    const data = { changeId: changeOf(context.key) }
    await journal.append(tx, { type: 'provisioning.resource.removed', subject: `resource/${target}`, actor: 'system:fairway', data })
  })
}

/** `chg_01k…:resource:db` as `chg_01k…`. */
function changeOf(key: string): string | null {
  const [id = ''] = key.split(':')
  return id.startsWith('chg_') ? id : null
}
