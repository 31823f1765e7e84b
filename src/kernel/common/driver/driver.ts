import type { Json, JsonObject } from '../json/index.ts'

/** What people care about, and how a plan page groups its actions. */
type Concern = 'data' | 'traffic' | 'capacity' | 'access' | 'cost' | 'code'

export type ActionVerb = 'create' | 'alter' | 'replace' | 'destroy' | 'none' | 'run'

/** One field of a planned action. A sensitive value is never carried: `before`/`after` are absent and `isSensitive` is true. */
export interface FieldChange {
  path: string
  before?: Json
  after?: Json
  isSensitive?: boolean
  /** Known only after apply, e.g. a generated address. */
  isUnknown?: boolean
}

/**
 * One step of a plan, as data: what would be done, by which driver, to what. `input` is all that `apply` needs, so that a plan made by
 * one version of the code can be applied by another.
 */
export interface PlannedAction {
  /** Unique within the plan and stable when planned again, e.g. `resource:db`. */
  id: string
  driver: string
  verb: ActionVerb
  /** What it is done to, e.g. `postgres/orders/dev/db`. */
  target: string
  /** One sentence in the reader's words, e.g. `Create PostgreSQL database "orders_dev"`. */
  title: string
  concern: Concern
  changes: readonly FieldChange[]
  /** Monthly cost delta in euro cents; absent when unknown. */
  costCentsPerMonth?: number
  /** True when data can be lost; such an action must be confirmed by typing. */
  isDestructive?: boolean
  /** Ids of actions that must be applied before. */
  dependsOn: readonly string[]
  /** Fingerprint of what was observed when planning; `apply` refuses when reality has moved on. Absent: nothing to compare. */
  basis?: string
  input: JsonObject
}

export interface PlanRequest {
  id: string
  target: string
  desired: JsonObject
  dependsOn?: readonly string[]
}

/** Progress of an apply, as shown live: `message` is one line; `percent` 0 to 100 when known. */
export interface Progress {
  message: string
  percent?: number
}

export interface ApplyContext {
  /** Idempotency key of this effect: the same key never has a second effect. E.g. `chg_01k…:resource:db`. */
  key: string
  signal: AbortSignal
  /** Outputs of the actions applied before in the same plan, by action id. */
  outputs: Readonly<Record<string, JsonObject>>
  progress(progress: Progress): void
}

export type Outcome =
  | { outcome: 'done'; message: string; outputs: JsonObject }
  /** A decision against going on (a failed analysis, say); the change is rolled back with this reason. Not an exception. */
  | { outcome: 'refused'; reason: string; message: string }

export interface Observation {
  exists: boolean
  /** Same fingerprint rule as `PlannedAction.basis`. */
  fingerprint: string
  state: JsonObject
}

/**
 * Converges one kind of outside thing. Every layer's alterations go through this port; the Change engine interprets plans of it.
 *
 * Promises, each with a test in `driver-contract.ts`:
 * - `plan` never writes; of what already is as desired it answers verb `none`.
 * - `apply` is idempotent under `context.key`: called again, after success or after a crash half-way, it ends in the same state with the same outputs.
 * - `apply` of a stale action (reality moved since `plan`, under another key) fails with `kernel.driver.stale` and changes nothing.
 * - `observe` of an absent target answers `exists: false`, it does not fail.
 * - `remove` of an absent target is a success.
 * - A vendor's failure becomes a `Fault`; secrets are in no action, outcome, observation or message.
 */
export interface Driver {
  readonly name: string
  plan(request: PlanRequest): Promise<PlannedAction>
  apply(action: PlannedAction, context: ApplyContext): Promise<Outcome>
  observe(target: string): Promise<Observation>
  remove(target: string, context: ApplyContext): Promise<void>
}
