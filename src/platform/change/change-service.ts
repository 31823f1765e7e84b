import { newId } from '#kernel/common/id'
import type { JsonObject } from '#kernel/common/json'
import type { Transaction } from '#kernel/node/database'
import type { Caller, ResourceRef } from '#kernel/node/http'
import { eligibilityOf } from './approval.ts'
import { changeFaults } from './change-faults.ts'
import type { ChangeDeps } from './change-deps.ts'
import type { Change, Plan } from './change.ts'
import { recordChange } from './change-record.ts'
import { isCancellable } from './change-state.ts'
import {
  assembleChanges,
  enqueueChangeWorkflow,
  findChangeByKey,
  findChangeHolding,
  findChangeRow,
  listActivePlaces,
  listChangeRows,
  lockChangeRow,
  wakeChangeWorkflow,
  type ChangeFilter,
} from './change-store.ts'
import { changeTables, type ChangeRow } from './change-tables.ts'
import { CHANGE_WORKFLOW } from './change-workflow-name.ts'
import { decideOn } from './decide.ts'
import { inputHashOf, planHashOf } from './plan.ts'
import { draftPlan, kindOf, parseInput } from './planner.ts'
import { judgeSettlement, settleChange } from './settle-change.ts'

export interface ChangeServiceDeps extends ChangeDeps {
  /** Tells an engine in this process of a cancellation at once. */
  interrupt?: ((changeId: string) => void) | undefined
}

interface NewChange {
  kind: string
  input: unknown
  reason?: string | undefined
  /** The same key with the same input is the same change. */
  idempotencyKey?: string | undefined
}

export interface ChangeService {
  /**
   * Makes a change and queues its workflow, in one transaction. Twice with one `idempotencyKey`: the same change.
   * @throws `platform.change.unknown_kind`, `.bad_input`, `.key_reused`, `.busy`, and what the kind refuses.
   */
  create(caller: Pick<Caller, 'principal'>, request: NewChange): Promise<Change>
  /** Plans without writing anything. @throws as `create`, and what planning throws. */
  preview(caller: Pick<Caller, 'principal'>, request: { kind: string; input: unknown }): Promise<Plan & { planHash: string }>
  /** @throws `platform.change.not_found`. */
  get(id: string): Promise<Change>
  list(filter: ChangeFilter, page: { limit: number; cursor?: string | undefined }): Promise<{ items: Change[]; nextCursor: string | null }>
  /** Places (component and environment) that a change is under way for. */
  listActivePlaces(): Promise<{ id: string; component: string; environment: string }[]>
  /** Waiting changes that this person may decide. */
  listDecidable(caller: Caller): Promise<Change[]>
  /** @throws `.not_waiting`, `.plan_changed`, `.not_eligible`. The same decision again changes nothing. */
  approve(caller: Caller, id: string, decision: { planHash: string; comment?: string | undefined }): Promise<Change>
  reject(caller: Caller, id: string, decision: { planHash: string; reason: string }): Promise<Change>
  /** Calls a change off; what is applied already is undone. @throws `.not_cancellable`. */
  cancel(caller: Pick<Caller, 'principal'>, id: string, reason?: string): Promise<Change>
  /** What a permission on this change is asked for. */
  resourceOf(id: string): Promise<ResourceRef>
}

export function createChangeService(deps: ChangeServiceDeps): ChangeService {
  const { db, journal, clock } = deps
  const service: ChangeService = {
    async create(caller, request) {
      const kind = kindOf(deps.kinds, request.kind)
      const asked = parseInput(kind, request.input)
      const inputHash = inputHashOf(request.kind, { asked, reason: request.reason ?? null })
      const known = await repeated(caller.principal, request.idempotencyKey, inputHash)
      if (known) return known
      const input = ((await kind.prepare?.(asked, { requestedBy: caller.principal })) ?? asked) as JsonObject
      const subject = kind.describe(input)
      const settlement = await kind.settle?.(input, { requestedBy: caller.principal })
      const question = { kind: kind.kind, requestedBy: caller.principal, reason: request.reason ?? null, ...subject }
      const settled = settlement && (await judgeSettlement(deps, settlement, question))
      const id = newId('chg', clock.now().getTime())
      const exclusiveKey = subject.component !== undefined && subject.environment !== undefined ? `${subject.component}/${subject.environment}` : null
      try {
        await db.transaction().execute(async (tx) => {
          const row = await changeTables(tx)
            .insertInto('change')
            .values({
              id,
              kind: request.kind,
              title: subject.title,
              component: subject.component ?? null,
              environment: subject.environment ?? null,
              release: subject.release ? JSON.stringify(subject.release) : null,
              state: 'planning',
              reason: request.reason ?? null,
              requested_by: caller.principal,
              requested_at: clock.now(),
              started_at: null,
              finished_at: null,
              idempotency_key: request.idempotencyKey ?? null,
              input_hash: inputHash,
              input: JSON.stringify(input),
              exclusive_key: exclusiveKey,
              plan: null,
              plan_hash: null,
              expires_at: null,
              result: null,
              entered: JSON.stringify({ planning: clock.now().toISOString() }),
              cancellation: null,
            })
            .returningAll()
            .executeTakeFirstOrThrow()
          await kind.created?.(tx, { id, input, requestedBy: caller.principal, at: row.requested_at })
          await recordChange(journal, tx, row, 'requested', caller.principal, { reason: row.reason })
          if (settled) await settleChange(tx, deps, row, settled)
          else await enqueueChangeWorkflow(tx, id, CHANGE_WORKFLOW)
        })
      } catch (error) {
        if (violatedIndexOf(error) === 'change_idempotency') {
          const first = await repeated(caller.principal, request.idempotencyKey, inputHash)
          if (first) return first
        }
        if (violatedIndexOf(error) === 'change_exclusive' && exclusiveKey !== null) throw await busy(exclusiveKey)
        throw error
      }
      return await service.get(id)
    },

    async preview(caller, request) {
      const kind = kindOf(deps.kinds, request.kind)
      const asked = parseInput(kind, request.input)
      const input = ((await kind.prepare?.(asked, { requestedBy: caller.principal })) ?? asked) as JsonObject
      const draft = await draftPlan(kind, input, caller.principal, deps.drivers)
      const verdicts = await deps.policies.evaluate(draft, { kind: kind.kind, requestedBy: caller.principal, reason: null, ...kind.describe(input) })
      const plan: Plan = { ...draft, verdicts }
      return { ...plan, planHash: planHashOf(kind.kind, input, plan) }
    },

    async get(id) {
      const [change] = await assembleChanges(db, [await rowOf(id)])
      return change as Change
    },

    async list(filter, page) {
      const rows = await listChangeRows(db, filter, { limit: page.limit + 1, before: page.cursor })
      const items = await assembleChanges(db, rows.slice(0, page.limit))
      return { items, nextCursor: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null }
    },

    listActivePlaces: async () => await listActivePlaces(db),

    async listDecidable(caller) {
      const waiting = await assembleChanges(db, await listChangeRows(db, { state: ['waiting'] }, { limit: 200 }))
      const person = { by: caller.principal, byKind: caller.kind, groups: caller.groups }
      return waiting.filter((change) => {
        const rule = change.plan?.approval
        const hasDecided = change.decisions.some((decision) => decision.by === caller.principal && decision.planHash === change.planHash)
        return rule !== null && rule !== undefined && !hasDecided && eligibilityOf(rule, change.requestedBy, person).isEligible
      })
    },

    approve: async (caller, id, { planHash, comment }) => await decide(caller, id, { verdict: 'approved', planHash, comment: comment ?? null }),
    reject: async (caller, id, { planHash, reason }) => await decide(caller, id, { verdict: 'rejected', planHash, comment: reason }),

    async cancel(caller, id, reason = '') {
      await inChange(id, async (tx, row) => {
        if (row.cancellation) return
        if (!isCancellable(row.state)) throw changeFaults.not_cancellable({ id, state: row.state })
        const cancellation = { by: caller.principal, at: clock.now().toISOString(), reason }
        await changeTables(tx)
          .updateTable('change')
          .set({ cancellation: JSON.stringify(cancellation) })
          .where('id', '=', id)
          .execute()
        await recordChange(journal, tx, row, 'cancelling', caller.principal, { reason })
        await wakeChangeWorkflow(tx, id, `${id}:cancel`)
      })
      deps.interrupt?.(id)
      return await service.get(id)
    },

    async resourceOf(id) {
      const row = await rowOf(id)
      const resource = kindOf(deps.kinds, row.kind).resource(row.input)
      return { ...resource, attributes: { ...resource.attributes, requestedBy: row.requested_by, approvers: row.plan?.approval?.groups ?? [] } }
    },
  }
  return service

  async function rowOf(id: string): Promise<ChangeRow> {
    const row = await findChangeRow(db, id)
    if (!row) throw changeFaults.not_found({ id })
    return row
  }

  async function inChange(id: string, work: (tx: Transaction, row: ChangeRow) => Promise<void>): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const row = await lockChangeRow(tx, id)
      if (!row) throw changeFaults.not_found({ id })
      await work(tx, row)
    })
  }

  async function decide(caller: Caller, id: string, decision: { verdict: 'approved' | 'rejected'; planHash: string; comment: string | null }): Promise<Change> {
    await inChange(id, async (tx, row) => await decideOn(tx, { journal, clock }, row, caller, decision))
    return await service.get(id)
  }

  async function repeated(principal: string, key: string | undefined, inputHash: string): Promise<Change | undefined> {
    const row = key === undefined ? undefined : await findChangeByKey(db, principal, key)
    if (!row) return undefined
    if (row.input_hash !== inputHash) throw changeFaults.key_reused({ key: key ?? '', id: row.id })
    return await service.get(row.id)
  }

  async function busy(exclusiveKey: string): Promise<Error> {
    const holder = await findChangeHolding(db, exclusiveKey)
    return changeFaults.busy({
      what: exclusiveKey,
      id: holder?.id ?? 'a change that has just ended',
      title: holder?.title ?? '',
      state: holder?.state ?? 'done',
    })
  }
}

/** Name of the unique index that a write ran into. */
function violatedIndexOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23505' || !('constraint' in error)) return undefined
  return String(error.constraint)
}
