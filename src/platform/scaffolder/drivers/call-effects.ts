import type { ApplyContext, Outcome, PlannedAction } from '#kernel/common/driver'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Secret } from '#kernel/common/secret'
import type { HostRequest } from '../actions/index.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { revealSecrets } from '../task-secrets.ts'
import { effectKey } from './effect-key.ts'
import type { Outside } from './outside.ts'
import { textOf } from './task-driver.ts'

export interface CallDeps {
  outside: Outside
  /** Secrets of the run that an action belongs to. */
  secretsOf: (action: PlannedAction) => Promise<Readonly<Record<string, Secret>>>
}

/** Requests to a host's own API, in order; a later one may use what an earlier one answered. */
export async function applyHostCall(deps: CallDeps, action: PlannedAction, context: ApplyContext): Promise<Outcome> {
  const { outside } = deps
  const host = typeof action.input['host'] === 'string' ? action.input['host'] : ''
  if (!outside.callHost) throw scaffolderFaults.unsupported({ what: `requests to the API of "${host}" are not set up here` })
  const secrets = await deps.secretsOf(action)
  const outputs: Record<string, Json> = {}
  for (const request of (action.input['requests'] ?? []) as unknown as HostRequest[]) {
    context.signal.throwIfAborted()
    const body = request.body === undefined ? undefined : revealSecrets(request.body, secrets)
    const answer = await outside.callHost(host, {
      method: request.method,
      path: request.path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(outputs, name) ? encodeURIComponent(printed(outputs[name])) : whole)),
      ...(body === undefined ? {} : { body }),
      ...(request.doneStatuses === undefined ? {} : { doneStatuses: request.doneStatuses }),
    })
    for (const [name, path] of Object.entries(request.outputs ?? {})) outputs[name] = memberAt(answer, path)
  }
  return { outcome: 'done', message: action.title, outputs }
}

/** Starts a workflow of a repository, here or elsewhere. */
export async function applyDispatch(deps: CallDeps, action: PlannedAction, { key }: ApplyContext): Promise<Outcome> {
  const { input } = action
  const host = typeof input['host'] === 'string' ? input['host'] : ''
  if (!deps.outside.dispatchWorkflow) throw scaffolderFaults.unsupported({ what: 'starting workflows from a template is not set up here' })
  const inputs = revealSecrets((input['inputs'] ?? {}) as JsonObject, await deps.secretsOf(action)) as JsonObject
  const [owner, name, workflow, ref, actor] = [
    textOf(action, 'owner'),
    textOf(action, 'name'),
    textOf(action, 'workflow'),
    textOf(action, 'ref'),
    textOf(action, 'actor'),
  ]
  await deps.outside.dispatchWorkflow({ host, owner, name, workflow, ref, inputs, actor, key: effectKey(action, key) })
  return { outcome: 'done', message: `started ${workflow} of ${owner}/${name}`, outputs: {} }
}

function printed(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

function memberAt(value: Json, path: string): Json {
  let node: unknown = value
  for (const part of path.split('.'))
    node = typeof node === 'object' && node !== null && Object.hasOwn(node, part) ? (node as Record<string, unknown>)[part] : undefined
  return (node ?? null) as Json
}
