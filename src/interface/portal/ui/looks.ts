import type { ChangeState, Conclusion, Health, RunState, Slo, StepState } from '../api/shapes.ts'
import type { Tone } from '../app/theme.ts'

export type Shape = 'check' | 'disc' | 'ring' | 'arc' | 'triangle' | 'cross' | 'person' | 'dash' | 'back'

/** How a state is shown everywhere: one tone, one shape, one word. */
export interface Look {
  tone: Tone
  shape: Shape
  word: string
}

const look = (tone: Tone, shape: Shape, word: string): Look => ({ tone, shape, word })

const changeLooks: Record<ChangeState, Look> = {
  planning: look('blue', 'arc', 'Planning'),
  checking: look('blue', 'arc', 'Checking'),
  waiting: look('purple', 'person', 'Waits for approval'),
  applying: look('blue', 'arc', 'Applying'),
  verifying: look('blue', 'arc', 'Verifying'),
  rolling_back: look('amber', 'back', 'Rolling back'),
  done: look('green', 'check', 'Done'),
  rolled_back: look('amber', 'back', 'Rolled back'),
  failed: look('red', 'cross', 'Failed'),
  rejected: look('red', 'cross', 'Rejected'),
  denied: look('red', 'cross', 'Denied by policy'),
  expired: look('grey', 'dash', 'Expired'),
  cancelled: look('grey', 'dash', 'Cancelled'),
}

const healthLooks: Record<Health, Look> = {
  healthy: look('green', 'disc', 'Healthy'),
  progressing: look('blue', 'arc', 'Progressing'),
  degraded: look('red', 'triangle', 'Degraded'),
  unknown: look('grey', 'ring', 'Unknown'),
  off: look('grey', 'dash', 'Off'),
}

const stepLooks: Record<StepState, Look> = {
  pending: look('grey', 'ring', 'Pending'),
  running: look('blue', 'arc', 'Running'),
  done: look('green', 'check', 'Done'),
  refused: look('amber', 'back', 'Refused'),
  failed: look('red', 'cross', 'Failed'),
  skipped: look('grey', 'dash', 'Skipped'),
}

const conclusionLooks: Record<Exclude<Conclusion, null>, Look> = {
  success: look('green', 'check', 'Passed'),
  failure: look('red', 'cross', 'Failed'),
  cancelled: look('grey', 'dash', 'Cancelled'),
  skipped: look('grey', 'dash', 'Skipped'),
  timed_out: look('red', 'cross', 'Timed out'),
}

const sloLooks: Record<Slo['state'], Look> = {
  ok: look('green', 'check', 'Within budget'),
  burning: look('amber', 'triangle', 'Burning fast'),
  exhausted: look('red', 'cross', 'Budget spent'),
  'no-data': look('grey', 'ring', 'No data'),
}

const unknown = (word: string): Look => look('grey', 'ring', word)

export const changeLook = (state: ChangeState): Look => changeLooks[state] ?? unknown(state)
export const healthLook = (health: Health): Look => healthLooks[health] ?? unknown(health)
export const stepLook = (state: StepState): Look => stepLooks[state] ?? unknown(state)
export const sloLook = (state: Slo['state']): Look => sloLooks[state] ?? unknown(state)

/** A run, job or step of a pipeline: its conclusion once there is one, else where it is. */
export function runLook(state: RunState, conclusion: Conclusion): Look {
  if (conclusion !== null) return conclusionLooks[conclusion] ?? unknown(conclusion)
  return state === 'queued' ? look('grey', 'ring', 'Queued') : look('blue', 'arc', 'Running')
}

/** States of a change that has not ended. */
export const inFlightStates: ChangeState[] = ['planning', 'checking', 'waiting', 'applying', 'verifying', 'rolling_back']

/** True while a change has not ended. */
export function isInFlight(state: ChangeState): boolean {
  return inFlightStates.includes(state)
}

const worstFirst: Health[] = ['degraded', 'progressing', 'unknown', 'healthy', 'off']

/** The health that a component as a whole shows: the worst of its environments. */
export function worstHealth(healths: readonly Health[]): Health {
  return worstFirst.find((health) => healths.includes(health)) ?? 'off'
}
