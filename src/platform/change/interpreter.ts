/**
 * The durable engine as the interpreter sees it. What `step` returned once it returns again after a crash, without running `work` again;
 * `work` that was cut off runs again. The order of calls must depend on nothing but earlier answers.
 */
export interface Durable {
  step<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Waits until somebody decides, or for so long; the answer only says that it is time to look. */
  waitForDecision(timeoutSeconds: number): Promise<void>
}

export type GateAnswer = { next: 'apply' } | { next: 'wait'; timeoutSeconds: number } | { next: 'end' }

export interface StepAnswer {
  outcome: 'done' | 'refused' | 'failed' | 'cancelled'
  message: string
  code?: string
}

/** Before this action people must agree; ask again when there is news, or after so long. */
export interface GateWait {
  outcome: 'wait'
  timeoutSeconds: number
}

/** A plan's action ids in the order in which they are applied. Past the end: there is none of that stage. */
export interface Sequence {
  actions: string[]
  rollback: string[]
  /** Index of the first action that verifies. */
  verifyFrom: number
  /** Index of the first action after the last that verifies. */
  cleanupFrom: number
}

/** How the applying went. `failures` are rollback actions that failed, or clean-ups. */
export interface ChangeEnd {
  setback: Setback | null
  failures: string[]
}

/** Why a change is undone. */
export interface Setback {
  kind: 'refused' | 'failed' | 'cancelled'
  message: string
  code?: string
}

/** What the interpreter can do to a change. Each is idempotent: it may be cut off anywhere and run again. */
export interface ChangeSteps {
  plan(): Promise<({ next: 'check' } & Sequence) | { next: 'end' }>
  check(): Promise<GateAnswer>
  gate(): Promise<GateAnswer>
  apply(actionId: string, phase: 'apply' | 'rollback'): Promise<StepAnswer | GateWait>
  startVerifying(): Promise<void>
  startRollback(setback: Setback): Promise<void>
  finish(end: ChangeEnd): Promise<void>
}

/**
 * Carries one change from its plan to its end. The only workflow there is: it interprets the plan as data, so that its shape hardly ever
 * changes. Registered as `change@1`; another sequence of steps is another name.
 */
export async function interpretChange(durable: Durable, steps: ChangeSteps): Promise<void> {
  const planned = await durable.step('plan', () => steps.plan())
  if (planned.next === 'end') return
  let gate = await durable.step('check', () => steps.check())
  while (gate.next === 'wait') {
    await durable.waitForDecision(gate.timeoutSeconds)
    gate = await durable.step('gate', () => steps.gate())
  }
  if (gate.next === 'end') return

  const failures: string[] = []
  let setback: Setback | null = null
  for (const [index, actionId] of planned.actions.entries()) {
    if (index === planned.verifyFrom) await durable.step('verify', () => steps.startVerifying())
    const apply = async (): Promise<StepAnswer | GateWait> => await durable.step(`apply:${actionId}`, () => steps.apply(actionId, 'apply'))
    let answer = await apply()
    while (answer.outcome === 'wait') {
      await durable.waitForDecision(answer.timeoutSeconds)
      answer = await apply()
    }
    if (answer.outcome === 'done') continue
    if (index >= planned.cleanupFrom && answer.outcome !== 'cancelled') {
      failures.push(`${actionId}: ${answer.message}`)
      continue
    }
    setback = { kind: answer.outcome, message: answer.message, ...(answer.code === undefined ? {} : { code: answer.code }) }
    break
  }
  if (setback === null && planned.verifyFrom >= planned.actions.length) await durable.step('verify', () => steps.startVerifying())

  if (setback !== null) {
    const reason = setback
    await durable.step('rollback', () => steps.startRollback(reason))
    for (const actionId of planned.rollback) {
      const answer = await durable.step(`rollback:${actionId}`, () => steps.apply(actionId, 'rollback'))
      if (answer.outcome !== 'done' && answer.outcome !== 'wait') failures.push(`${actionId}: ${answer.message}`)
    }
  }
  await durable.step('finish', () => steps.finish({ setback, failures }))
}
