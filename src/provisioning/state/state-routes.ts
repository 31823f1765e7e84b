import { createHash } from 'node:crypto'
import { httpFaults, rawRoute, readBody, type RawInput, type RawRoute, type Route } from '#kernel/node/http'
import { stateFaults } from './state-faults.ts'
import { readLockInfo, type LockInfo, type StateActor } from './state-rules.ts'
import type { StateStore } from './state-store.ts'

const STATE_LIMIT_BYTES = 256 * 1024 * 1024
const LOCK_LIMIT_BYTES = 64 * 1024
const NAME = /^(?=.{1,300}$)[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/

/**
 * Terraform's HTTP backend protocol under `/api/v1/state/{name}`, with Basic authentication (a token as password).
 * Source: `internal/backend/remote-state/http/client.go`: UNLOCK and DELETE must answer 200; a refusal is 423 with the holder's lock as JSON.
 */
export function stateRoutes(store: StateStore): Route[] {
  const route = (
    method: RawRoute['method'],
    operation: string,
    summary: string,
    permission: RawRoute['permission'],
    handle: (call: StateCall) => Promise<Response>,
  ): Route =>
    rawRoute({
      method,
      path: '/api/v1/state/{name+}',
      operation,
      summary,
      tag: 'provisioning',
      permission,
      challenge: 'Basic',
      resource: ({ params }) => ({ type: 'State', id: params['name'] ?? '' }),
      handle: async (input) => await handle(callOf(input)),
    })
  return [
    route('GET', 'state.read', 'Read a Terraform state', 'state:read', async ({ name }) => {
      const found = await store.read(name)
      if (!found) return new Response(null, { status: 404 })
      return new Response(Buffer.from(found.body), { headers: { 'content-type': 'application/json', 'content-md5': found.md5, 'cache-control': 'no-store' } })
    }),
    route('POST', 'state.write', 'Write a Terraform state', 'state:write', async ({ name, input, actor }) => {
      const body = await readBody(input.request, STATE_LIMIT_BYTES)
      const sent = input.request.headers.get('content-md5')
      if (sent !== null && sent !== createHash('md5').update(body).digest('base64')) throw stateFaults.corrupted({ name })
      return answer(await store.write(name, body, input.url.searchParams.get('ID') ?? undefined, actor))
    }),
    route('LOCK', 'state.lock', 'Lock a Terraform state', 'state:write', async ({ name, input, actor }) => {
      const info = readLockInfo(await bodyText(input))
      if (!info) throw stateFaults.bad_lock({ name })
      return answer(await store.lock(name, info, actor))
    }),
    route('UNLOCK', 'state.unlock', 'Unlock a Terraform state', 'state:write', async ({ name, input, actor }) => {
      const text = await bodyText(input)
      const info = readLockInfo(text)
      // An empty body is `force-unlock`; one that is broken is nobody's wish.
      if (!info && text.trim() !== '') throw stateFaults.bad_lock({ name })
      return answer(await store.unlock(name, info?.ID, actor))
    }),
    route('DELETE', 'state.remove', 'Remove a Terraform state with its history', 'state:write', async ({ name, actor }) =>
      answer(await store.remove(name, actor)),
    ),
  ]
}

interface StateCall {
  name: string
  input: RawInput
  actor: StateActor
}

function callOf(input: RawInput): StateCall {
  const name = input.params['name'] ?? ''
  if (!NAME.test(name)) throw stateFaults.bad_name({ name })
  const { caller } = input
  if (!caller) throw httpFaults.unauthenticated({})
  return { name, input, actor: { principal: caller.principal, credentialId: caller.credentialId, isAdministrator: caller.isAdministrator } }
}

function answer(holder: LockInfo | undefined): Response {
  return holder ? Response.json(holder, { status: 423 }) : new Response(null, { status: 200 })
}

async function bodyText(input: RawInput): Promise<string> {
  return Buffer.from(await readBody(input.request, LOCK_LIMIT_BYTES)).toString('utf8')
}
