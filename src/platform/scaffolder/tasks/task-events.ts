import type { Json, JsonObject } from '#kernel/common/json'
import { isFinal, type Change, type ChangeStep } from '#platform/change'
import { readDetails, type CreationDetails, type StepDetails } from '../creation-details.ts'
import { taskStatusOf, type TaskStatus } from './task-status.ts'

/** One event of a task, in Backstage's shape. */
export interface TaskEvent {
  /** Grows within a task, and is never used twice. */
  id: number
  taskId: string
  isTaskRecoverable: boolean
  type: 'log' | 'completion' | 'cancelled' | 'recovered'
  body: { message: string; stepId?: string; status?: TaskStatus; output?: Json; error?: { name: string; message: string }; recoverStrategy?: string }
  createdAt: string
}

/** What the events of an attempt are told from. */
export type AttemptChange = Pick<Change, 'state' | 'plan' | 'steps' | 'result' | 'requestedAt' | 'startedAt' | 'finishedAt'>

export interface Attempt {
  change: AttemptChange
  /** Of one whose plan failed in a step: those that ran, the one that failed last. */
  ran?: readonly StepDetails[] | undefined
  /** Numbers `block * EVENTS_A_BLOCK` and up are this attempt's. */
  block: number
}

const EVENTS_A_BLOCK = 10_000
const INFO = '\u001B[32minfo\u001B[39m: '
const ERROR = '\u001B[31merror\u001B[39m: '

type Draft = Pick<TaskEvent, 'type' | 'body'> & { at: Date }

/**
 * The story of a task, told from its changes: nothing of it is kept. While a change goes on, events are only ever added at the end, so a reader who
 * has the first ones needs only those after. Pure.
 * @param stepCount steps of the template as written, for an attempt that has no plan.
 */
export function taskEvents(taskId: string, attempts: readonly Attempt[], stepCount: number): TaskEvent[] {
  return attempts.flatMap(({ change, block, ran }, index) =>
    [...(index === 0 ? [] : [recovered(change)]), ...attemptEvents(change, stepCount, ran)]
      .slice(0, EVENTS_A_BLOCK)
      .map(({ type, body, at }, nth) => ({ id: block * EVENTS_A_BLOCK + nth, isTaskRecoverable: false, taskId, body, type, createdAt: at.toISOString() })),
  )
}

function recovered(change: AttemptChange): Draft {
  return { type: 'recovered', body: { message: 'Trying again; what was done is kept', recoverStrategy: 'none' }, at: change.requestedAt }
}

function attemptEvents(change: AttemptChange, stepCount: number, ran: readonly StepDetails[] | undefined): Draft[] {
  const details = readDetails(change.plan?.details)
  const isUndo = change.plan !== null && details === undefined
  const count = details?.steps.length ?? stepCount
  if (change.plan === null && !isFinal(change.state)) return []
  const start = isUndo ? 'Taking back what was made' : `Starting up task with ${count} steps`
  const events: Draft[] = [{ type: 'log', body: { message: start }, at: change.requestedAt }]
  const hasStarted = change.startedAt !== null || change.state === 'done'
  if (!details && ran && isFinal(change.state)) events.push(...failedPlanEvents(change, ran))
  if (hasStarted && details) events.push(...stepEvents(change, details))
  if (hasStarted && isUndo)
    events.push(
      ...change.steps
        .filter((step) => step.phase === 'apply' && step.finishedAt)
        .map((step) => log(`${INFO}${step.message}`, step.finishedAt ?? change.requestedAt)),
    )
  if (isFinal(change.state)) events.push(...endEvents(change, details))
  return events
}

/** All steps ran in memory, up to the one that failed: nothing was made. */
function failedPlanEvents(change: AttemptChange, ran: readonly StepDetails[]): Draft[] {
  const at = change.finishedAt ?? change.requestedAt
  return ran.flatMap((step, index): Draft[] => {
    if (index < ran.length - 1) return tellStep(change, step, undefined, at).events
    const body = (message: string, status?: TaskStatus): TaskEvent['body'] => ({ message, stepId: step.id, ...(status === undefined ? {} : { status }) })
    return [
      { type: 'log', body: body(`Beginning step ${step.name}`, 'processing'), at },
      ...step.log.map((line): Draft => ({ type: 'log', body: body(`${INFO}${line}`), at })),
      { type: 'log', body: body(`${ERROR}${change.result?.message ?? ''}`, 'failed'), at },
    ]
  })
}

function stepEvents(change: AttemptChange, details: CreationDetails): Draft[] {
  const at = change.startedAt ?? change.finishedAt ?? change.requestedAt
  const rest = change.steps.find((step) => step.actionId === 'continue' && step.phase === 'apply')
  const later = readDetails((rest?.outputs['details'] ?? undefined) as JsonObject | undefined)
  const events: Draft[] = []
  let now = at
  for (const step of details.steps) {
    const known = step.state === 'held' || step.state === 'later' ? later?.steps.find((candidate) => candidate.id === step.id) : step
    const told = tellStep(change, known ?? step, known === undefined || known !== step ? rest : undefined, now)
    events.push(...told.events)
    now = told.at
    if (!told.isOver) return events
  }
  return events
}

/** One step; the first that is not over ends the story so far. */
function tellStep(change: AttemptChange, step: StepDetails, rest: ChangeStep | undefined, from: Date): { events: Draft[]; at: Date; isOver: boolean } {
  const body = (message: string, status?: TaskStatus): TaskEvent['body'] => ({ message, stepId: step.id, ...(status === undefined ? {} : { status }) })
  if (step.state === 'skipped')
    return { events: [{ type: 'log', body: body(`Skipping step ${step.id} because its if condition was false`, 'skipped'), at: from }], at: from, isOver: true }
  const actions = rest ? [rest] : step.actions.flatMap((id) => change.steps.find((candidate) => candidate.actionId === id && candidate.phase === 'apply') ?? [])
  const events: Draft[] = [
    { type: 'log', body: body(`Beginning step ${step.name}`, 'processing'), at: from },
    ...step.log.map((line): Draft => ({ type: 'log', body: body(`${INFO}${line}`), at: from })),
  ]
  let now = from
  for (const action of actions) {
    if (change.plan?.gates?.[action.actionId])
      events.push({ type: 'log', body: body(`${INFO}Waiting until people agree: ${change.plan.gates[action.actionId]?.reason ?? ''}`), at: now })
    if (action.finishedAt === null) return { events, at: now, isOver: false }
    now = action.finishedAt
    const isDone = action.state === 'done'
    events.push({
      type: 'log',
      body: body(`${isDone ? INFO : ERROR}${action.message}`, isDone ? undefined : action.state === 'skipped' ? 'cancelled' : 'failed'),
      at: now,
    })
    if (!isDone) return { events, at: now, isOver: false }
  }
  // A step that a cancelled or failed change never came to has no finished actions; one in memory is over as soon as it is reached.
  events.push({ type: 'log', body: body(`Finished step ${step.name}`, 'completed'), at: now })
  return { events, at: now, isOver: true }
}

function endEvents(change: AttemptChange, details: CreationDetails | undefined): Draft[] {
  const at = change.finishedAt ?? change.requestedAt
  const status = taskStatusOf(change.state)
  const message = change.result?.message ?? ''
  const undone = change.steps
    .filter((step) => step.phase === 'rollback' && step.finishedAt !== null)
    .map((step) => log(`${INFO}${step.message}`, step.finishedAt ?? at))
  const made = change.steps.filter((step) => step.phase === 'apply' && step.state === 'done')
  const isKept = status !== 'completed' && made.length > 0 && undone.length === 0
  const left = isKept ? [log(`${INFO}Made so far, and kept: ${made.map((step) => step.message).join('; ')}. Try again to go on, or take it back.`, at)] : []
  if (status === 'completed') return [{ type: 'completion', body: { message: 'Run completed with status: completed', output: outputOf(change, details) }, at }]
  const cancelled: Draft[] =
    status === 'cancelled'
      ? [{ type: 'cancelled', body: { message: `Task has been cancelled: ${message}`, status: 'cancelled' }, at }]
      : [log(`${ERROR}${message}`, at)]
  const failure = { message: `Run completed with status: ${status}`, ...(status === 'failed' ? { error: { name: 'Error', message } } : {}) }
  return [...cancelled, ...undone, ...left, { type: 'completion', body: failure, at }]
}

/** What a completed run gives back: what was known from the plan, with what came of carrying it out. Pure. */
export function outputOf(change: AttemptChange, details = readDetails(change.plan?.details)): JsonObject {
  const rest = change.steps.find((step) => step.actionId === 'continue' && step.phase === 'apply')
  const later = readDetails((rest?.outputs['details'] ?? undefined) as JsonObject | undefined)
  return later?.output ?? details?.output ?? {}
}

function log(message: string, at: Date): Draft {
  return { type: 'log', body: { message }, at }
}
