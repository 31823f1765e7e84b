import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { createRouter, systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { MemoryRuntime } from './memory-runtime.ts'
import { runtimeRoutes } from './runtime-routes.ts'
import type { WorkloadSpec } from './runtime.ts'

const specOf = (release: string): WorkloadSpec => ({
  ref: { component: 'orders', environment: 'production', release },
  artifactDigest: 'sha256:1',
  command: ['node', 'server.js'],
  environment: {},
  replicas: 1,
  volumes: [],
  limits: {},
  stopGraceSeconds: 1,
  labels: { version: release.slice(4), owner: 'group:default/payments' },
})

let clock: ManualClock
let runtime: MemoryRuntime
let ask: (path: string, init?: RequestInit) => Promise<Response>

beforeEach(async () => {
  clock = new ManualClock()
  runtime = new MemoryRuntime({ clock })
  await runtime.ensure(specOf('rel_1'))
  await runtime.ensure(specOf('rel_2'))
  const router = createRouter(runtimeRoutes({ runtime }), {
    log: silentLogger,
    authenticate: async () => systemCaller,
    authorize: async () => ({ isAllowed: true, reason: '' }),
  })
  ask = async (path, init) => await router(new Request(`http://fairway.test${path}`, init))
})

describe('workloads.list', () => {
  it('has every workload that should run, with its version', async () => {
    const { items } = (await (await ask('/api/v1/workloads?component=orders')).json()) as { items: unknown[] }
    expect(items).toMatchObject([
      { version: '1', state: 'ready', readyReplicas: 1 },
      { version: '2', state: 'ready' },
    ])
    expect(await (await ask('/api/v1/workloads?environment=dev')).json()).toEqual({ items: [], nextCursor: null })
  })
})

describe('workloads.restart', () => {
  const restart = (component: string) => ask('/api/v1/workloads/restart', { method: 'POST', body: JSON.stringify({ component, environment: 'production' }) })

  it('replaces the replicas of all releases that run', async () => {
    const before = (await runtime.list()).flatMap((status) => status.instances.map((instance) => instance.id))
    expect((await restart('orders')).status).toBe(202)
    const after = (await runtime.list()).flatMap((status) => status.instances.map((instance) => instance.id))
    expect(after).toHaveLength(2)
    expect(after.filter((id) => before.includes(id))).toEqual([])
  })

  it('says that nothing runs', async () => {
    const answer = await restart('nobody')
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'runtime.runtime.not_found' })
  })
})

describe('workloads.logs', () => {
  const logs = '/api/v1/workloads/logs?component=orders&environment=production'

  it('is text, a line each, of all releases', async () => {
    clock.advance(1)
    runtime.write(specOf('rel_1').ref, 'hello')
    const answer = await ask(logs)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const lines = (await answer.text()).trimEnd().split('\n')
    expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['started', 'started', 'hello'])
    expect((await (await ask(`${logs}&tail=1`)).text()).split('\n')).toHaveLength(2)
    expect(await (await ask(`${logs}&release=rel_2`)).text()).not.toContain('hello')
  })

  it('follows as an event stream until the reader goes away', async () => {
    const abort = new AbortController()
    const answer = await ask(`${logs}&follow=true&tail=0`, { headers: { accept: 'text/event-stream' }, signal: abort.signal })
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toBe(': lines follow\n\n')
    const next = reader?.read()
    await new Promise((resolve) => setImmediate(resolve))
    runtime.write(specOf('rel_2').ref, 'live')
    const event = (await next)?.value ?? ''
    expect(event).toMatch(/^event: line\ndata: \{.*"line":"live"\}\n\n$/)
    abort.abort()
    expect((await reader?.read())?.done).toBe(true)
  })

  it.each(['/api/v1/workloads/logs?component=orders', `${logs}&tail=-1`, `${logs}&follow=maybe`])('refuses %s with the field that is wrong', async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'kernel.http.bad_request', errors: [{ field: expect.any(String) as unknown }] })
  })
})
