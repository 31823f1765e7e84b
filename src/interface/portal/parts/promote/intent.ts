import { api } from '../../api/client.ts'
import type { Change, PlanPreview } from '../../api/shapes.ts'

/** What somebody is about to do to a component in an environment. */
export type Intent =
  | { kind: 'promote'; component: string; from: string; to: string }
  | { kind: 'rollback'; component: string; environment: string }
  | { kind: 'deploy'; component: string; environment: string; release?: string; version?: string }

/** The button and the dialog's title: a verb and what it is done to. */
export function intentTitle(intent: Intent): string {
  if (intent.kind === 'promote') return `Promote ${intent.component} to ${intent.to}`
  if (intent.kind === 'rollback') return `Roll back ${intent.component} in ${intent.environment}`
  return `Deploy ${intent.component}${intent.version === undefined ? '' : ` v${intent.version}`} to ${intent.environment}`
}

/** Asks the server for the plan; nothing is written. */
export function planIntent(intent: Intent): Promise<PlanPreview> {
  return api.call('plans.create', { body: { kind: 'deploy', input: deployInput(intent) } })
}

/** All three are the change kind `deploy`: where to, and which release (that of another environment, the one before, or a named one). */
export function deployInput(intent: Intent): Record<string, string | boolean> {
  const { component } = intent
  if (intent.kind === 'promote') return { component, environment: intent.to, from: intent.from }
  if (intent.kind === 'rollback') return { component, environment: intent.environment, rollback: true }
  return { component, environment: intent.environment, ...(intent.release === undefined ? {} : { release: intent.release }) }
}

/** Starts it. The key makes a second click on the same dialog the same change. */
export function startIntent(intent: Intent, reason: string, key: string): Promise<Change> {
  const options = { idempotencyKey: key }
  const { component } = intent
  if (intent.kind === 'promote') return api.call('promotions.create', { body: { component, from: intent.from, to: intent.to } }, options)
  const { environment } = intent
  if (intent.kind === 'rollback') return api.call('rollbacks.create', { body: { component, environment, reason } }, options)
  const { release } = intent
  return api.call('deployments.create', { body: { component, environment, release, reason: reason === '' ? undefined : reason } }, options)
}
