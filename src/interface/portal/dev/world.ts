import type { Change, EventItem, PlanPreview } from '../api/shapes.ts'
import { campaigns, templateChildren } from './fixtures/campaigns.ts'
import { catalogEntities } from './fixtures/catalog.ts'
import { changes, makeChange, stepsOf } from './fixtures/changes.ts'
import { matrix } from './fixtures/environments.ts'
import { ago, hex } from './fixtures/moments.ts'
import { ben, tokens } from './fixtures/people.ts'
import { rolloutPlan } from './fixtures/plans.ts'
import { releases, runs } from './fixtures/runs.ts'

export interface WorldOptions {
  /** Nothing there yet: what a newcomer sees. */
  isEmpty?: boolean
  /** Entities beside the named ones. */
  entityCount?: number
}

/** An invented platform in memory whose changes move on by themselves: what pages and their tests are shown. */
export class World {
  readonly me = ben
  readonly entities
  readonly matrix
  readonly releases
  readonly runs
  readonly events: EventItem[] = []
  tokens = tokens()
  campaigns
  children = templateChildren()
  changes: Change[]
  isSignedIn = true
  /** Paths that answer 500, 403 or hang, by prefix: to see the states of pages. */
  readonly failures = new Map<string, number>()
  readonly #listeners = new Set<(event: EventItem) => void>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()

  constructor({ isEmpty = false, entityCount = 60 }: WorldOptions = {}) {
    this.entities = isEmpty ? [] : catalogEntities(entityCount)
    this.matrix = isEmpty ? { ...matrix(0), rows: [] } : matrix(4)
    this.releases = isEmpty ? [] : releases()
    this.runs = isEmpty ? [] : runs()
    this.changes = isEmpty ? [] : changes()
    this.campaigns = isEmpty ? [] : campaigns()
    if (isEmpty) this.tokens = []
    else
      for (const change of [...this.changes].reverse().slice(-14))
        this.#record(
          change.state === 'done' ? 'platform.change.done' : 'platform.change.requested',
          `change/${change.id}`,
          change.requestedBy,
          Date.parse(change.requestedAt),
        )
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#listeners.clear()
  }

  onEvent(listener: (event: EventItem) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(type: string, subject: string, actor = this.me.principal): void {
    const event = this.#record(type, subject, actor, Date.now())
    for (const listener of this.#listeners) listener(event)
  }

  planFor(input: Record<string, unknown>): PlanPreview {
    const component = wordOf(input['component'], 'orders')
    const environment = wordOf(input['to'] ?? input['environment'], 'dev')
    const row = this.matrix.rows.find((each) => each.component === component)
    const there = Number(row?.cells[environment]?.version ?? 0)
    const coming = input['from'] === undefined ? Math.max(1, there - 1) : Number(row?.cells[wordOf(input['from'], '')]?.version ?? there + 1)
    return rolloutPlan(component, environment, there, coming)
  }

  start(title: string, plan: PlanPreview, over: Omit<Partial<Change>, 'plan'> = {}): Change {
    const change = makeChange({
      id: `chg_${hex(this.changes.length + 100, 10)}`,
      title,
      state: 'planning',
      requestedBy: this.me.principal,
      requestedAt: ago(0),
      startedAt: ago(0),
      plan,
      ...over,
    })
    this.changes = [change, ...this.changes]
    this.emit('platform.change.requested', `change/${change.id}`)
    this.#later(() => (plan.approval === null ? this.apply(change.id) : this.update(change.id, { state: 'waiting' })), 400)
    return change
  }

  update(id: string, over: Partial<Change>): Change {
    this.changes = this.changes.map((change) => (change.id === id ? { ...change, ...over } : change))
    this.emit(`platform.change.${over.state ?? 'progressed'}`, `change/${id}`)
    const changed = this.changes.find((change) => change.id === id)
    if (changed === undefined) throw new Error(`no change ${id}`)
    return changed
  }

  /** Runs the steps one after the other until the change is done. */
  apply(id: string, done = 0): Change {
    const change = this.changes.find((each) => each.id === id)
    if (change?.plan === null || change === undefined) throw new Error(`no change ${id}`)
    const { plan } = change
    if (done > plan.actions.length) {
      return this.update(id, {
        state: 'done',
        finishedAt: ago(0),
        steps: stepsOf(plan, plan.actions.length, false, plan.actions.length),
        result: { message: 'Serves all requests.' },
        timings: { planMs: 184, checkMs: 12, waitMs: 3000, applyMs: 4200, verifyMs: 300 },
      })
    }
    this.#later(() => this.apply(id, done + 1), 500)
    return this.update(id, { state: done === plan.actions.length ? 'verifying' : 'applying', steps: stepsOf(plan, done, true, done) })
  }

  #later(act: () => unknown, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }

  #record(type: string, subject: string, actor: string, at: number): EventItem {
    const sequence = this.events.length + 1
    const event = {
      sequence,
      at: new Date(at).toISOString(),
      type,
      subject,
      actor,
      data: { title: this.changes?.find((change) => subject === `change/${change.id}`)?.title ?? '' },
      hash: hex(sequence, 64),
    }
    this.events.push(event)
    return event
  }
}

function wordOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
