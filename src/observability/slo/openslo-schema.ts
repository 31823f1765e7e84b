import { z } from 'zod'

// OpenSLO v1 (https://github.com/OpenSLO/OpenSLO). Unknown fields are refused, as by OpenSLO's own validator. An empty key counts as absent.
const absent = <T>(schema: z.ZodType<T>): z.ZodOptional<z.ZodType<T | undefined>> => z.preprocess((value) => value ?? undefined, schema.optional()).optional()

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const name = z
  .string()
  .max(63, 'must have at most 63 characters')
  .regex(NAME, 'must consist of lower-case letters, digits and "-", and begin and end with a letter or digit (RFC 1123)')
const durationText = z.string().regex(/^[1-9]\d*[mhdwMQY]$/, 'must be a number and one of m, h, d, w, M, Q, Y, e.g. "28d"')
const description = absent(z.string().max(1050, 'must have at most 1050 characters'))
const label = z.string().regex(/^[a-z0-9A-Z]([-\w.]{0,61}[a-z0-9A-Z])?$/, 'must have at most 63 letters, digits, "-", "_" and "."')
const annotation = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[a-z0-9A-Z]([-\w.]{0,61}[a-z0-9A-Z])?$/, 'must be a name, or a domain, "/" and a name')

const metadata = z.strictObject({
  name,
  displayName: absent(z.string()),
  labels: absent(z.record(label, z.union([z.string(), z.array(z.string())]))),
  annotations: absent(z.record(annotation, z.string())),
})

const metricSource = z.strictObject({ metricSourceRef: absent(z.string()), type: absent(z.string()), spec: z.unknown() })
const metric = z.strictObject({ metricSource })

const sliSpec = z
  .strictObject({
    description,
    thresholdMetric: absent(metric),
    ratioMetric: absent(
      z
        .strictObject({
          counter: absent(z.boolean()),
          good: absent(metric),
          bad: absent(metric),
          total: absent(metric),
          raw: absent(metric),
          rawType: absent(z.enum(['success', 'failure'])),
        })
        .superRefine((ratio, context) => {
          const hasParts = ratio.good !== undefined || ratio.bad !== undefined || ratio.total !== undefined
          if (ratio.raw) {
            if (hasParts) context.addIssue({ code: 'custom', path: ['raw'], message: 'stands alone: leave out good, bad and total' })
            if (!ratio.rawType) context.addIssue({ code: 'custom', path: ['rawType'], message: 'is needed with raw: success or failure' })
            return
          }
          if (!ratio.total) context.addIssue({ code: 'custom', path: ['total'], message: 'is needed' })
          if ((ratio.good === undefined) === (ratio.bad === undefined)) context.addIssue({ code: 'custom', path: ['good'], message: 'give either good or bad' })
        }),
    ),
  })
  .superRefine((spec, context) => {
    if ((spec.thresholdMetric === undefined) === (spec.ratioMetric === undefined))
      context.addIssue({ code: 'custom', path: [], message: 'give either thresholdMetric or ratioMetric' })
  })
const inlineIndicator = z.strictObject({ metadata, spec: sliSpec })

const conditionSpec = z.strictObject({
  description,
  severity: z.string().min(1),
  condition: z.strictObject({
    kind: z.literal('burnrate').default('burnrate'),
    op: z.enum(['lte', 'gte', 'lt', 'gt']),
    threshold: z.number(),
    lookbackWindow: durationText,
    alertAfter: absent(durationText.or(z.literal('0m'))),
  }),
})
const targetSpec = z.strictObject({ description, target: z.string().min(1) })
const inlineCondition = z.strictObject({ kind: z.literal('AlertCondition'), metadata, spec: conditionSpec })
const policySpec = z.strictObject({
  description,
  alertWhenNoData: absent(z.boolean()),
  alertWhenResolved: absent(z.boolean()),
  alertWhenBreaching: absent(z.boolean()),
  conditions: z.array(z.union([z.strictObject({ conditionRef: name }), inlineCondition])).length(1, 'must hold exactly one condition'),
  notificationTargets: z.array(
    z.union([z.strictObject({ targetRef: name }), z.strictObject({ kind: z.literal('AlertNotificationTarget'), metadata, spec: targetSpec })]),
  ),
})

const objective = z
  .strictObject({
    displayName: absent(z.string()),
    op: absent(z.enum(['lte', 'gte', 'lt', 'gt'])),
    value: absent(z.number()),
    target: absent(z.number().min(0).lt(1)),
    targetPercent: absent(z.number().min(0).lt(100)),
    timeSliceTarget: absent(z.number().gt(0).max(1)),
    timeSliceWindow: absent(z.union([durationText, z.number().positive()])),
    indicator: absent(inlineIndicator),
    indicatorRef: absent(name),
    compositeWeight: absent(z.number().positive()),
  })
  .refine((one) => (one.target === undefined) !== (one.targetPercent === undefined), { path: ['target'], message: 'give either target or targetPercent' })

const timeWindow = z
  .strictObject({
    duration: durationText,
    isRolling: absent(z.boolean()),
    calendar: absent(
      z.strictObject({
        // YAML reads an unquoted date and time as a timestamp.
        startTime: z.union([z.string(), z.date()]),
        timeZone: z.string().refine(isTimeZone, 'must be a time zone of IANA, e.g. "Europe/Warsaw"'),
      }),
    ),
  })
  .refine((window) => (window.isRolling === true) !== (window.calendar !== undefined), {
    path: ['isRolling'],
    message: 'must be true, or a calendar must be given; not both',
  })

const sloSpec = z
  .strictObject({
    description,
    service: z.string().min(1),
    indicator: absent(inlineIndicator),
    indicatorRef: absent(name),
    timeWindow: z.array(timeWindow).length(1, 'must hold exactly one window'),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    objectives: z.array(objective).min(1, 'must hold an objective'),
    alertPolicies: absent(
      z.array(z.union([z.strictObject({ alertPolicyRef: name }), z.strictObject({ kind: z.literal('AlertPolicy'), metadata, spec: policySpec })])),
    ),
  })
  .superRefine((spec, context) => {
    const isComposite = spec.objectives.some((one) => one.indicator !== undefined || one.indicatorRef !== undefined)
    const count = Number(spec.indicator !== undefined) + Number(spec.indicatorRef !== undefined)
    if (!isComposite && count !== 1) context.addIssue({ code: 'custom', path: ['indicator'], message: 'give either indicator or indicatorRef' })
    for (const [index, one] of spec.objectives.entries()) {
      const issue = (field: string, message: string): void => context.addIssue({ code: 'custom', path: ['objectives', index, field], message })
      const isSliced = spec.budgetingMethod !== 'Occurrences'
      if (isSliced && one.timeSliceWindow === undefined) issue('timeSliceWindow', `is needed with ${spec.budgetingMethod}`)
      if (spec.budgetingMethod === 'Timeslices' && one.timeSliceTarget === undefined) issue('timeSliceTarget', 'is needed with Timeslices')
      if (spec.indicator?.spec.thresholdMetric && (one.op === undefined || one.value === undefined))
        issue('value', 'op and value are needed with thresholdMetric')
    }
    if (spec.indicator?.spec.thresholdMetric && spec.objectives.length > 1)
      context.addIssue({ code: 'custom', path: ['objectives'], message: 'only one objective goes with thresholdMetric' })
  })

const apiVersion = z.literal('openslo/v1', 'must be openslo/v1')
const kindOf = <K extends string, S extends z.ZodType>(kind: K, spec: S) => z.strictObject({ apiVersion, kind: z.literal(kind), metadata, spec })

/** Any object of OpenSLO v1. */
export const openSloObject = z.discriminatedUnion('kind', [
  kindOf('SLO', sloSpec),
  kindOf('SLI', sliSpec),
  kindOf('Service', z.strictObject({ description })),
  kindOf('DataSource', z.strictObject({ description, type: z.string().min(1), connectionDetails: z.unknown() })),
  kindOf('AlertPolicy', policySpec),
  kindOf('AlertCondition', conditionSpec),
  kindOf('AlertNotificationTarget', targetSpec),
])
/** A document of OpenSLO v1. */
export type OpenSloObject = z.infer<typeof openSloObject>
/** An OpenSLO document of kind SLO. */
export type OpenSlo = Extract<OpenSloObject, { kind: 'SLO' }>

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
