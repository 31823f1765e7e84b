import type { ColumnType, Selectable } from 'kysely'
import type { JsonObject } from '#kernel/common/json'
import type { Database, Queryable, Transaction } from '#kernel/node/database'
import type { Kysely } from 'kysely'
import type { ChangeResult, Plan, StepState } from './change.ts'
import type { ChangeState } from './change-state.ts'

/** A JSON column: read as a value, written as text. */
type JsonColumn<T> = ColumnType<T, string, string>

interface Cancellation {
  by: string
  at: string
  reason: string
}

interface ChangeTable {
  id: string
  kind: string
  title: string
  component: string | null
  environment: string | null
  release: JsonColumn<{ id: string; version: string } | null> | null
  state: ChangeState
  reason: string | null
  requested_by: string
  requested_at: Date
  started_at: Date | null
  finished_at: Date | null
  idempotency_key: string | null
  input_hash: string
  input: JsonColumn<JsonObject>
  exclusive_key: string | null
  plan: JsonColumn<Plan | null> | null
  plan_hash: string | null
  expires_at: Date | null
  result: JsonColumn<ChangeResult | null> | null
  entered: JsonColumn<Partial<Record<ChangeState, string>>>
  cancellation: JsonColumn<Cancellation | null> | null
  epoch: ColumnType<number, number | undefined, number>
  stalls: ColumnType<number, number | undefined, number>
}

interface ChangeStepTable {
  change_id: string
  phase: 'apply' | 'rollback'
  action_id: string
  position: number
  title: string
  driver: string
  verb: string
  state: StepState
  message: string
  percent: number | null
  code: string | null
  started_at: Date | null
  finished_at: Date | null
  outputs: JsonColumn<JsonObject>
}

interface ChangeDecisionTable {
  id: string
  change_id: string
  by: string
  by_kind: 'person' | 'service' | 'agent' | 'system'
  groups: JsonColumn<string[]>
  verdict: 'approved' | 'rejected'
  plan_hash: string
  comment: string | null
  credential_id: string | null
  at: Date
}

export type ChangeTables = {
  change: ChangeTable
  change_step: ChangeStepTable
  change_decision: ChangeDecisionTable
}

export type ChangeRow = Selectable<ChangeTable>
export type ChangeStepRow = Selectable<ChangeStepTable>
export type ChangeDecisionRow = Selectable<ChangeDecisionTable>

export function changeTables(db: Database | Transaction | Queryable): Kysely<ChangeTables> {
  return db.withTables<ChangeTables>()
}
