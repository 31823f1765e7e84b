import type { PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { ResourceRef } from '#kernel/node/http'
import type { Transaction } from '#kernel/node/database'
import type { z } from 'zod'
import type { ApprovalRule, Decision } from './approval.ts'
import type { ChangeState } from './change-state.ts'

/** What one policy says of a plan, or of one of its actions. */
export interface PolicyVerdict {
  policy: string
  outcome: 'allowed' | 'warned' | 'denied'
  message: string
  actionId?: string
}

/**
 * All that a change would do, as data. People approve its hash, and exactly this is applied, also by a later version of the code.
 * `rollback` undoes a half-applied plan; it runs when an action refuses, fails or is cancelled.
 */
export interface Plan {
  summary: string
  actions: PlannedAction[]
  rollback: PlannedAction[]
  /** Monthly cost delta in euro cents. */
  costCentsPerMonth: number
  verdicts: PolicyVerdict[]
  /** Who must agree before it is applied; null when nobody has to. */
  approval: ApprovalRule | null
  /** True when reality already is as desired: nothing is applied and nobody is asked. */
  unchanged: boolean
  /** By action id: who must agree, in the middle, before that action is applied. Not for actions that verify. */
  gates?: Readonly<Record<string, ApprovalRule>>
  /** The gate that was reached last; `approval` is its rule then, and the plan's hash is another for each gate. */
  gate?: string
  /** What the kind's own pages show beside the actions. */
  details?: JsonObject
}

/** What a kind's planner answers: the engine adds the verdicts. */
export type DraftPlan = Omit<Plan, 'verdicts'>

/** How lists and pages name a change. */
export interface ChangeSubject {
  title: string
  component?: string
  environment?: string
  release?: { id: string; version: string }
}

/** A change that is known to its end when it is asked for. */
export type Settlement = { plan: DraftPlan } | { failure: ChangeResult }

/** A change that has just been made, as `ChangeKind.created` sees it. */
interface CreatedChange {
  id: string
  input: unknown
  requestedBy: string
  at: Date
}

/**
 * One kind of change, e.g. `deploy`. Registered in a plain record by the composition root.
 *
 * - `prepare` runs once, in the request: it resolves what is left open ("the newest release") and refuses what can not work,
 *   before anything is written. Its answer is the input that is kept.
 * - `settle` runs after it: when the plan leaves nothing to apply (`unchanged`), or can not be made, the change is made, judged and ended in one
 *   transaction, without a workflow. Undefined for everything else.
 * - `created` runs in the transaction that makes the change; throwing undoes it.
 * - `plan` reads and never writes; it may run more than once.
 * - `finished` runs in the transaction that ends the change, in whatever state it ended; throwing undoes the end, and it is tried again.
 */
export interface ChangeKind<I = unknown> {
  kind: string
  input: z.ZodType<I>
  prepare?(input: I, context: { requestedBy: string }): Promise<I>
  settle?(input: I, context: { requestedBy: string }): Promise<Settlement | undefined>
  created?(tx: Transaction, change: CreatedChange): Promise<void>
  describe(input: I): ChangeSubject
  /** What a permission to make such a change is asked for. */
  resource(input: I): ResourceRef
  plan(input: I, context: { requestedBy: string }): Promise<DraftPlan>
  finished?(tx: Transaction, change: FinishedChange): Promise<void>
}

/** Kinds by name. */
export type ChangeKinds = Readonly<Record<string, ChangeKind>>

/** A change at its end, as `ChangeKind.finished` sees it. */
export interface FinishedChange {
  id: string
  kind: string
  input: unknown
  plan: Plan | null
  state: ChangeState
  requestedBy: string
  result: ChangeResult
  finishedAt: Date
  /** Outputs of the applied actions, by action id. */
  outputs: Readonly<Record<string, JsonObject>>
  /** The action that decided against going on; null when none did (a fault is no decision). */
  refusedBy: Pick<PlannedAction, 'id' | 'driver'> | null
}

export interface ChangeResult {
  message: string
  /** Fault code, when a fault ended it. */
  code?: string
}

export type StepState = 'pending' | 'running' | 'done' | 'refused' | 'failed' | 'skipped'

/** One action of a plan, as it went. */
export interface ChangeStep {
  actionId: string
  phase: 'apply' | 'rollback'
  title: string
  driver: string
  verb: string
  state: StepState
  message: string
  percent: number | null
  startedAt: Date | null
  finishedAt: Date | null
  outputs: JsonObject
}

/** A change with everything that a page shows. */
export interface Change extends ChangeSubject {
  id: string
  kind: string
  state: ChangeState
  reason: string | null
  requestedBy: string
  requestedAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  planHash: string | null
  plan: Plan | null
  expiresAt: Date | null
  decisions: Decision[]
  steps: ChangeStep[]
  result: ChangeResult | null
  /** First instant of each state. */
  entered: Readonly<Partial<Record<ChangeState, string>>>
}
