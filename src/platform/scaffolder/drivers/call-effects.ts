import type { ApplyContext, Outcome, PlannedAction } from '#kernel/common/driver'
import type { Json, JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import type { Database } from '#kernel/node/database'
import type { HostRequest } from '../actions/index.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { revealSecrets } from '../task-secrets.ts'
import { effectKey } from './effect-key.ts'
import { fillBody, fillPath } from './fill-request.ts'
import { isRepeatable, once } from './once.ts'
import type { Outside } from './outside.ts'
import { textOf } from './task-driver.ts'

export interface CallDeps {
  db: Database
  outside: Outside
  /** Secrets of the run that an action belongs to. */
  secretsOf: (action: PlannedAction) => Promise<Readonly<Record<string, Secret>>>
  /** Keeps what a host gave that nobody may read, for later effects of the run. */
  keepSecret: (action: PlannedAction, name: string, value: Secret) => Promise<void>
}

/** Requests to a host's own API, in order; a later one may use what an earlier one answered. What can not be repeated is sent once an attempt. */
export async function applyHostCall(deps: CallDeps, action: PlannedAction, context: ApplyContext): Promise<Outcome> {
  const { outside } = deps
  const callHost = outside.callHost?.bind(outside)
  const host = typeof action.input['host'] === 'string' ? action.input['host'] : ''
  if (!callHost) throw scaffolderFaults.unsupported({ what: `requests to the API of "${host}" are not set up here` })
  const secrets = await deps.secretsOf(action)
  const requests = (action.input['requests'] ?? []) as unknown as HostRequest[]
  return await once(deps.db, action, context, lookAt(action), async ({ from, outputs: before, send }) => {
    const outputs: Record<string, Json> = { ...before }
    for (const [nth, request] of requests.entries()) {
      const isThere = request.unless !== undefined && (outputs[request.unless] ?? null) !== null
      if (nth < from || isThere) continue
      context.signal.throwIfAborted()
      const body = request.body === undefined ? undefined : await fillBody(request.body, outputs, secrets)
      const call = {
        method: request.method,
        path: fillPath(request.path, outputs),
        ...(body === undefined ? {} : { body }),
        ...(request.doneStatuses === undefined ? {} : { doneStatuses: request.doneStatuses }),
      }
      const answer = await send(nth, isRepeatable(request), outputs, async () => await callHost(host, call))
      for (const [name, path] of Object.entries(request.outputs ?? {})) outputs[name] = memberAt(answer, path)
      for (const [name, path] of Object.entries(request.secretOutputs ?? {})) {
        const value = memberAt(answer, path)
        if (typeof value !== 'string') throw scaffolderFaults.unsupported({ what: `${host} gave no "${path}"` })
        await deps.keepSecret(action, name, new Secret(value))
      }
    }
    return { outcome: 'done', message: action.title, outputs }
  })
}

/** Starts a workflow of a repository, here or elsewhere. The built-in host knows keys, so that there the same start twice is one. */
export async function applyDispatch(deps: CallDeps, action: PlannedAction, context: ApplyContext): Promise<Outcome> {
  const { input } = action
  const host = typeof input['host'] === 'string' ? input['host'] : ''
  const dispatchWorkflow = deps.outside.dispatchWorkflow?.bind(deps.outside)
  if (!dispatchWorkflow) throw scaffolderFaults.unsupported({ what: 'starting workflows from a template is not set up here' })
  const inputs = revealSecrets((input['inputs'] ?? {}) as JsonObject, await deps.secretsOf(action)) as JsonObject
  const [owner, name, workflow, ref, actor] = [
    textOf(action, 'owner'),
    textOf(action, 'name'),
    textOf(action, 'workflow'),
    textOf(action, 'ref'),
    textOf(action, 'actor'),
  ]
  const key = effectKey(action, context.key)
  return await once(deps.db, action, context, `the runs of ${workflow} of ${owner}/${name}`, async ({ send }) => {
    await send(0, host === '', {}, async () => await dispatchWorkflow({ host, owner, name, workflow, ref, inputs, actor, key }))
    return { outcome: 'done', message: `started ${workflow} of ${owner}/${name}`, outputs: {} }
  })
}

function lookAt({ input }: PlannedAction): string {
  const [host, owner, name] = ['host', 'owner', 'name'].map((member) => (typeof input[member] === 'string' ? input[member] : ''))
  return `${owner}/${name}${host === '' ? '' : ` on ${host}`}`
}

/** `?id` tells whether there is an `id`. */
function memberAt(value: Json, path: string): Json {
  if (path.startsWith('?')) return memberAt(value, path.slice(1)) !== null
  let node: unknown = value
  for (const part of path.split('.'))
    node = typeof node === 'object' && node !== null && Object.hasOwn(node, part) ? (node as Record<string, unknown>)[part] : undefined
  return (node ?? null) as Json
}
