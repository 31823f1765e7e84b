import { CHANGE_STATES, isFinal, type ChangeState } from '#platform/change'

/** Backstage's words for the state of a task. */
export const TASK_STATUSES = ['open', 'processing', 'completed', 'failed', 'cancelled', 'skipped'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** The state of a task, from that of its change. */
export function taskStatusOf(state: ChangeState): TaskStatus {
  if (state === 'planning') return 'open'
  if (!isFinal(state)) return 'processing'
  if (state === 'done') return 'completed'
  return state === 'cancelled' ? 'cancelled' : 'failed'
}

export function changeStatesOf(status: TaskStatus): ChangeState[] {
  return CHANGE_STATES.filter((state) => taskStatusOf(state) === status)
}
