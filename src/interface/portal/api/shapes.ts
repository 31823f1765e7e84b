import type { Change, OperationName, Operations, OutputOf } from '#contract'

export type { Change, Environment, Template } from '#contract'

/** One of what a list operation answers. */
type ItemOf<Name extends OperationName> = OutputOf<Name> extends { items: (infer Item)[] } ? Item : never

export type ChangeState = Change['state']
export type ChangeStep = Change['steps'][number]
export type StepState = ChangeStep['state']
export type Plan = NonNullable<Change['plan']>
/** A plan that was asked for, with what an approval of it would name. */
export type PlanPreview = Operations['plans.create']['output']
export type PlannedAction = Plan['actions'][number]
export type FieldChange = PlannedAction['changes'][number]
export type PolicyVerdict = Plan['verdicts'][number]

export type Matrix = Operations['environments.matrix']['output']
export type MatrixRow = Matrix['rows'][number]
export type MatrixCell = NonNullable<MatrixRow['cells'][string]>
export type Health = MatrixCell['health']

export type EntityDetail = Operations['entities.get']['output']
/** A catalog descriptor, in Backstage's shape. What its kind adds is read by `metadataOf` and from `spec`. */
export type Entity = EntityDetail['entity']
/** What is wrong with a field of something that was sent. */
export type FieldFault = Operations['creations.preview']['output']['problems'][number]
export type CreationPreview = Operations['creations.preview']['output']

export type Run = Operations['runs.get']['output']
export type RunJob = Run['jobs'][number]
export type RunStep = RunJob['steps'][number]
export type RunAnnotation = Run['annotations'][number]
export type RunState = Run['state']
export type Conclusion = Run['conclusion']
export type LogChunk = Operations['runs.log']['output']
export type LogLine = LogChunk['lines'][number]
export type Release = Operations['releases.get']['output']

export type Me = Operations['me.get']['output']
export type TokenInfo = ItemOf<'tokens.list'>
export type EventItem = ItemOf<'events.list'>
export type AuditVerdict = Operations['audit.verify']['output']

export type LogRecord = ItemOf<'telemetry.logs'>
export type RequestSeries = Operations['telemetry.requests']['output']
export type TraceSummary = ItemOf<'telemetry.traces'>
export type Span = Operations['telemetry.trace']['output']['spans'][number]
export type Slo = ItemOf<'slos.list'>
export type ResourceInfo = ItemOf<'resources.list'>
export type CloudRegion = ItemOf<'regions.list'>
export type CloudAccount = ItemOf<'accounts.list'>
