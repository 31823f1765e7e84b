import type { PlannedAction } from '#kernel/common/driver'

/** Whose effect it is: the task's, over all its attempts; of an action without one the change's. `chg_01k…:files:acme/orders` is of `chg_01k…`. */
export function effectOwner(action: Pick<PlannedAction, 'input'>, key: string): string {
  const { task } = action.input
  return typeof task === 'string' ? task : (key.split(':')[0] ?? key)
}

/** Key of an effect that is the same in every attempt of its task. */
export function effectKey(action: Pick<PlannedAction, 'input'>, key: string): string {
  return `${effectOwner(action, key)}${key.slice((key.split(':')[0] ?? key).length)}`
}
