import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')
/** Part of host names, so a DNS label (RFC 1123). */
const name = text.max(40).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use a-z, 0-9 and - between them')
const step = z.strictObject({
  weight: z.number({ error: 'a percentage of the traffic' }).int().min(1, 'at least 1 %').max(100, 'at most 100 %'),
  minSeconds: z.number({ error: 'a number of seconds' }).min(0).max(86_400).default(0),
})
const rollout = z
  .strictObject({
    strategy: z.enum(['all-at-once', 'canary'], { error: 'all-at-once or canary' }),
    steps: z.array(step).default([]),
  })
  .refine((value) => value.strategy === 'all-at-once' || value.steps.length > 0, { path: ['steps'], message: 'a canary needs at least one step' })
  .refine((value) => value.steps.every((one, index) => one.weight > (value.steps[index - 1]?.weight ?? 0)), {
    path: ['steps'],
    message: 'each step takes more of the traffic than the one before',
  })
const approval = z.strictObject({
  required: z.number({ error: 'a number of people' }).int().min(0).max(20).default(1),
  groups: z.array(text, { error: 'give a list of group refs' }).default([]),
  separationOfDuties: z.boolean({ error: 'true or false' }).default(true),
  expiresAfterHours: z
    .number({ error: 'a number of hours' })
    .positive()
    .max(24 * 30)
    .default(72),
})

/** The document that a platform team writes. */
const environmentDocumentSchema = z.looseObject({
  apiVersion: z.literal('fairway.dev/v1'),
  kind: z.literal('Environment'),
  metadata: z.looseObject({ name, title: z.string().optional(), description: z.string().optional() }),
  spec: z.strictObject(
    {
      title: text.optional(),
      description: z.string().optional(),
      order: z.number({ error: 'a number: lower comes first' }).int().default(0),
      account: text,
      region: text,
      runtime: z.enum(['processes'], { error: 'processes' }).default('processes'),
      rollout: rollout.default({ strategy: 'all-at-once', steps: [] }),
      approval: approval.nullable().default(null),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'give an object with account and region' : undefined) },
  ),
})

export interface RolloutStep {
  /** Share of the traffic, 1 to 100 %. */
  weight: number
  /** The step is watched for at least so long. */
  minSeconds: number
}

/** A place where releases run, e.g. `production`. */
export interface Environment {
  name: string
  title: string
  description: string
  /** Lower comes first: dev, staging, production. */
  order: number
  account: string
  region: string
  runtime: 'processes'
  rollout: { strategy: 'all-at-once' | 'canary'; steps: RolloutStep[] }
  /** Null: nobody has to approve. Groups are full refs, e.g. `group:default/payments`. */
  approval: { required: number; groups: string[]; separationOfDuties: boolean; expiresAfterHours: number } | null
}

/** Reads an environment; what is wrong is named by file, line and field. Never throws. */
export function readEnvironment(document: SourceDocument): { environment: Environment; problems: [] } | { environment?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, environmentDocumentSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const { metadata, spec } = checked.value
  return {
    environment: {
      name: metadata.name,
      title: spec.title ?? metadata.title ?? metadata.name,
      description: spec.description ?? metadata.description ?? '',
      order: spec.order,
      account: spec.account,
      region: spec.region,
      runtime: spec.runtime,
      rollout: spec.rollout,
      approval: spec.approval === null || spec.approval.required === 0 ? null : { ...spec.approval, groups: spec.approval.groups.map(groupRef) },
    },
    problems: [],
  }
}

/** `payments`, `group:payments` and `group:default/payments` are the same group. */
function groupRef(ref: string): string {
  const bare = ref.replace(/^group:/i, '').toLowerCase()
  return `group:${bare.includes('/') ? bare : `default/${bare}`}`
}

/** Dev first, production last; equal ones by name. */
export function sortEnvironments(environments: readonly Environment[]): Environment[] {
  return [...environments].sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))
}

/**
 * The steps that traffic goes through. The last is always 100 %: a canary that ends below it is completed.
 * All at once, or without a release to compare with: one step of 100 %.
 */
export function rolloutStepsOf(environment: Pick<Environment, 'rollout'>, hasBaseline: boolean): RolloutStep[] {
  const { strategy, steps } = environment.rollout
  if (strategy === 'all-at-once' || !hasBaseline) return [{ weight: 100, minSeconds: 0 }]
  return steps.at(-1)?.weight === 100 ? steps : [...steps, { weight: 100, minSeconds: 0 }]
}
