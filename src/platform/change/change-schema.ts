import { z } from 'zod'
import { CHANGE_STATES, timingsOf } from './change-state.ts'
import type { Change, Plan } from './change.ts'

const json = z.json()

const fieldChangeSchema = z.object({
  path: z.string(),
  before: json.optional(),
  after: json.optional(),
  isSensitive: z.boolean().optional(),
  isUnknown: z.boolean().optional(),
})

const plannedActionSchema = z.object({
  id: z.string(),
  driver: z.string(),
  verb: z.enum(['create', 'alter', 'replace', 'destroy', 'none', 'run']),
  target: z.string(),
  title: z.string(),
  concern: z.enum(['data', 'traffic', 'capacity', 'access', 'cost', 'code']),
  changes: z.array(fieldChangeSchema),
  costCentsPerMonth: z.number().optional(),
  isDestructive: z.boolean().optional(),
  dependsOn: z.array(z.string()),
  basis: z.string().optional(),
  input: z.record(z.string(), json),
})

const policyVerdictSchema = z.object({
  policy: z.string(),
  outcome: z.enum(['allowed', 'warned', 'denied']),
  message: z.string(),
  actionId: z.string().optional(),
})

const approvalSchema = z.object({
  required: z.number().int(),
  groups: z.array(z.string()),
  separationOfDuties: z.boolean(),
  reason: z.string(),
  expiresAfterHours: z.number().optional(),
})

export const planSchema = z.object({
  summary: z.string(),
  actions: z.array(plannedActionSchema),
  rollback: z.array(plannedActionSchema),
  costCentsPerMonth: z.number(),
  verdicts: z.array(policyVerdictSchema),
  approval: approvalSchema.nullable(),
  unchanged: z.boolean(),
  gates: z.record(z.string(), approvalSchema).optional(),
  gate: z.string().optional(),
  details: z.record(z.string(), json).optional(),
})

export const previewSchema = planSchema.extend({ planHash: z.string() })

const instant = z.iso.datetime()
const milliseconds = z.number().nullable()

export const changeSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    component: z.string().nullable(),
    environment: z.string().nullable(),
    state: z.enum(CHANGE_STATES),
    reason: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    expiresAt: instant.nullable(),
    planHash: z.string().nullable(),
    plan: planSchema.nullable(),
    approvals: z.array(
      z.object({ by: z.string(), verdict: z.enum(['approved', 'rejected']), at: instant, comment: z.string().nullable(), planHash: z.string() }),
    ),
    steps: z.array(
      z.object({
        actionId: z.string(),
        phase: z.enum(['apply', 'rollback']),
        title: z.string(),
        driver: z.string(),
        verb: z.string(),
        state: z.enum(['pending', 'running', 'done', 'refused', 'failed', 'skipped']),
        message: z.string(),
        percent: z.number().nullable(),
        startedAt: instant.nullable(),
        finishedAt: instant.nullable(),
        outputs: z.record(z.string(), json),
      }),
    ),
    result: z.object({ message: z.string(), code: z.string().optional() }).nullable(),
    release: z.object({ id: z.string(), version: z.string() }).optional(),
    timings: z.object({ planMs: milliseconds, checkMs: milliseconds, waitMs: milliseconds, applyMs: milliseconds, verifyMs: milliseconds }),
  })
  .meta({ id: 'Change' })

export type ChangeView = z.infer<typeof changeSchema>

/** A change as it goes over the wire. */
export function viewChange(change: Change): ChangeView {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null
  return {
    id: change.id,
    kind: change.kind,
    title: change.title,
    component: change.component ?? null,
    environment: change.environment ?? null,
    state: change.state,
    reason: change.reason,
    requestedBy: change.requestedBy,
    requestedAt: change.requestedAt.toISOString(),
    startedAt: iso(change.startedAt),
    finishedAt: iso(change.finishedAt),
    expiresAt: iso(change.expiresAt),
    planHash: change.planHash,
    plan: change.plan ? viewPlan(change.plan) : null,
    approvals: change.decisions.map(({ by, verdict, at, comment, planHash }) => ({ by, verdict, at: at.toISOString(), comment, planHash })),
    steps: change.steps.map((step) => ({
      ...step,
      startedAt: iso(step.startedAt),
      finishedAt: iso(step.finishedAt),
      outputs: { ...step.outputs } as Record<string, z.infer<typeof json>>,
    })),
    result: change.result,
    ...(change.release ? { release: change.release } : {}),
    timings: timingsOf(change),
  }
}

export function viewPlan(plan: Plan): z.infer<typeof planSchema> {
  return plan as unknown as z.infer<typeof planSchema>
}
