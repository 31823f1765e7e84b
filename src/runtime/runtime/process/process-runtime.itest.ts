import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { Secret } from '#kernel/common/secret'
import type { InstanceStatus, WorkloadSpec, WorkloadStatus } from '../runtime.ts'
import { workloadKey } from '../workload-spec.ts'
import { makeProcessHarness, TEST_URL, type ProcessHarness } from './process-harness.ts'
import { ProcessRuntime } from './process-runtime.ts'
import { readProcess } from '#kernel/node/process'

let database: TestDatabase
let harness: ProcessHarness
let runtime: ProcessRuntime

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())
beforeEach(async () => {
  harness = await makeProcessHarness(database.db)
  runtime = await start()
})
afterEach(async () => {
  await runtime.close({ stopWorkloads: true })
  await sql`delete from workload`.execute(database.db)
  await harness.remove()
})

const start = (more: Partial<ProcessHarness['deps']> = {}): Promise<ProcessRuntime> =>
  ProcessRuntime.start({ ...harness.deps, ...more }, { checkMs: 50, adoptedPollMs: 20, backOff: { baseMs: 50, maxMs: 200, resetAfterMs: 60_000 } })

async function until(ref: WorkloadSpec['ref'], test: (status: WorkloadStatus) => void): Promise<WorkloadStatus> {
  return await vi.waitFor(
    async () => {
      const status = await runtime.status(ref)
      test(status)
      return status
    },
    { timeout: 20_000, interval: 20 },
  )
}
const untilReady = (spec: WorkloadSpec): Promise<WorkloadStatus> => until(spec.ref, (status) => expect(status.state).toBe('ready'))
const run = async (spec: WorkloadSpec): Promise<InstanceStatus> => {
  await runtime.ensure(spec)
  return firstOf(await untilReady(spec))
}
const firstOf = (status: WorkloadStatus): InstanceStatus => {
  const [first] = status.instances
  if (!first) throw new Error('there is no replica')
  return first
}
const linesOf = async (spec: WorkloadSpec): Promise<string[]> => (await Array.fromAsync(runtime.logs(spec.ref, {}))).map((line) => line.line)

function ask(instance: InstanceStatus, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const [host, port] = (instance.address ?? '').split(':')
    const outgoing = request({ host, port, path: url, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve(text))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Runs a platform of its own, which is killed when `until` resolves. */
async function platformThatIsKilled(wishes: readonly string[], until: (child: ReturnType<typeof spawn>) => Promise<unknown>): Promise<void> {
  const program = path.join(import.meta.dirname, 'crash-platform.ts')
  const child = spawn(process.execPath, [program, database.url, harness.dataDir, ...wishes], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await until(child)
  child.kill('SIGKILL')
  await ended
}

describe('a replica', () => {
  it('gets identity, telemetry and its own values, secrets resolved, and a folder of its own', async () => {
    const spec: WorkloadSpec = {
      ...harness.specOf('serves'),
      environment: { PLAIN: { value: 'yes' }, DATABASE_URL: { secretPath: 'a/b' }, MIXED: { text: ['url=', { secretPath: 'a/b' }, '&x'] } },
    }
    const instance = await run(spec)
    const environment = JSON.parse(await ask(instance, '/env')) as Record<string, string>
    expect(environment).toMatchObject({
      PLAIN: 'yes',
      DATABASE_URL: TEST_URL,
      MIXED: `url=${TEST_URL}&x`,
      PORT: instance.address?.split(':')[1],
      OTEL_SERVICE_NAME: spec.ref.component,
      OTEL_RESOURCE_ATTRIBUTES: `service.name=${spec.ref.component},service.version=1,service.instance.id=${instance.id},deployment.environment.name=dev,fairway.release=rel_1`,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:7007',
      FAIRWAY_COMPONENT: spec.ref.component,
      FAIRWAY_ENVIRONMENT: 'dev',
      FAIRWAY_RELEASE: 'rel_1',
    })
    expect(environment['PATH']?.split(':')[0]).toBe(path.dirname(process.execPath))
    const cwd = await ask(instance, '/cwd')
    expect(cwd).toContain(workloadKey(spec.ref))
    await ask(instance, '/write')
    expect(readdirSync(harness.artifact)).not.toContain('written.txt')
    const { rows } = await sql<{ spec: string }>`select spec::text as spec from workload`.execute(database.db)
    expect(rows[0]?.spec).not.toContain('p4ss-w0rd')
  })

  it('keeps its secrets out of status, log and observers, the password inside a URL included', async () => {
    const spec: WorkloadSpec = { ...harness.specOf('tells'), environment: { DATABASE_URL: { secretPath: 'a/b' } } }
    await runtime.ensure(spec)
    const status = await until(spec.ref, (status) => expect(status.state).toBe('failed'))
    expect(status.message).toBe('0 of 1 ready: exited with 1: Error: password *** is wrong')
    expect(await linesOf(spec)).toEqual(expect.arrayContaining(['url is ***', 'Error: password *** is wrong']))
    expect(JSON.stringify(harness.lines)).not.toContain('p4ss-w0rd')
    const { rows } = await sql<{ row: string }>`select row_to_json(workload_instance)::text as row from workload_instance`.execute(database.db)
    expect(JSON.stringify(rows)).not.toContain('p4ss-w0rd')
  })

  it('waits for a secret that is not there yet, and starts when it is', async () => {
    await runtime.close({ stopWorkloads: true })
    let isThere = false
    runtime = await start({
      resolveSecret: async (secretPath) => {
        if (!isThere) throw new Error(`there is no secret "${secretPath}"`)
        return new Secret('value')
      },
    })
    const spec: WorkloadSpec = { ...harness.specOf('serves'), environment: { TOKEN: { secretPath: 'a/b' } } }
    await runtime.ensure(spec)
    await until(spec.ref, (status) => expect(status.message).toBe(`0 of 1 ready: can't be started: there is no secret "a/b"`))
    isThere = true
    await untilReady(spec)
  })

  it('that fails its liveness check is restarted, and says why', async () => {
    const spec: WorkloadSpec = { ...harness.specOf('serves'), liveness: { path: '/healthz' } }
    const before = await run(spec)
    await ask(before, '/sick')
    const after = await until(spec.ref, (status) => {
      expect(status.instances[0]?.restarts).toBe(1)
      expect(status.state).toBe('ready')
    })
    expect(firstOf(after)).toMatchObject({ id: before.id, lastExit: 'failed its liveness check 3 times: /healthz answers 500' })
    expect(firstOf(after).pid).not.toBe(before.pid)
  })

  it('that is not ready any more gets no requests, and gets them again when it is', async () => {
    const spec: WorkloadSpec = { ...harness.specOf('serves'), readiness: { path: '/healthz' } }
    const instance = await run(spec)
    expect(runtime.readyEndpoints(spec.ref)).toMatchObject([{ instance: instance.id, version: '1' }])
    await ask(instance, '/sick')
    await until(spec.ref, (status) => expect(status).toMatchObject({ state: 'failed', message: '0 of 1 ready: /healthz answers 500' }))
    expect(runtime.readyEndpoints(spec.ref)).toEqual([])
  })

  it('finishes the requests that it has before it is asked to stop', async () => {
    const spec = harness.specOf('serves')
    const instance = await run(spec)
    const leave = runtime.readyEndpoints(spec.ref)[0]?.enter()
    const answer = ask(instance, '/slow').finally(() => leave?.())
    const stopping = runtime.stop(spec.ref)
    await vi.waitFor(() => expect(runtime.readyEndpoints(spec.ref)).toEqual([]))
    expect(await answer).toBe('slow but whole')
    await stopping
    expect(readProcess(instance.pid ?? 0)).toBeUndefined()
  })

  it('that does not stop when asked is ended after its grace', async () => {
    const spec = { ...harness.specOf('stubborn'), stopGraceSeconds: 0.3 }
    const instance = await run(spec)
    await runtime.stop(spec.ref)
    expect(readProcess(instance.pid ?? 0)).toBeUndefined()
    expect(await linesOf(spec)).toContain('no')
  })

  it('takes its children with it', async () => {
    const spec = harness.specOf('parent')
    await run(spec)
    const child = Number(/child (\d+)/.exec((await linesOf(spec)).join('\n'))?.[1])
    expect(readProcess(child)).toBeDefined()
    await runtime.stop(spec.ref)
    await vi.waitFor(() => expect(readProcess(child)).toBeUndefined())
  })

  it('that names no program says so', async () => {
    const spec = { ...harness.specOf('serves'), command: ['no-such-program'] }
    await runtime.ensure(spec)
    await until(spec.ref, (status) => expect(status.message).toBe(`0 of 1 ready: can't be started: there is no program "no-such-program"`))
  })
})

describe('the log', () => {
  it('keeps up with a replica that writes very much, in order', async () => {
    const spec = harness.specOf('talks')
    await run(spec)
    await vi.waitFor(() => expect(harness.lines).toHaveLength(200_001), { timeout: 20_000 })
    expect(harness.lines.slice(1).every((line, index) => line.line === `line ${index}`)).toBe(true)
    expect(await linesOf(spec)).toHaveLength(200)
  })

  it('has every line once, through emptied spools and rotation', async () => {
    await runtime.close({ stopWorkloads: true })
    runtime = await ProcessRuntime.start(harness.deps, { checkMs: 50, log: { spoolBytes: 300, logBytes: 4_000 } })
    const spec = harness.specOf('serves')
    const instance = await run(spec)
    const said = Array.from({ length: 60 }, (_, index) => `line-${index}`)
    for (const line of said) await ask(instance, `/say/${line}`)
    await vi.waitFor(() => expect(harness.lines.map((line) => line.line)).toEqual(['started', ...said]), { timeout: 10_000 })
    const kept = await linesOf(spec)
    expect(kept).toEqual(['started', ...said].slice(-kept.length))
    expect(kept.length).toBeGreaterThan(30)
    const spool = path.join(harness.dataDir, 'workloads', workloadKey(spec.ref), `${instance.id}.stdout`)
    await vi.waitFor(() => expect(readFileSync(spool)).toHaveLength(0), { timeout: 10_000 })
    for (const line of said) await ask(instance, `/say/again-${line}`)
    await vi.waitFor(() => expect(harness.lines.slice(61).map((line) => line.line)).toEqual(said.map((line) => `again-${line}`)), { timeout: 10_000 })
  })
})

describe('a platform that stops', () => {
  it('stops its workloads and brings them back at the next start', async () => {
    const specs = [harness.specOf('serves'), harness.specOf('serves'), harness.specOf('serves')]
    const before = await Promise.all(specs.map(run))
    await runtime.close({ stopWorkloads: true })
    for (const instance of before) expect(readProcess(instance.pid ?? 0)).toBeUndefined()
    runtime = await start()
    await Promise.all(specs.map(untilReady))
  })

  it('leaves them running when told to, and adopts them at the next start', async () => {
    const spec = harness.specOf('serves')
    const before = await run(spec)
    await runtime.close({ stopWorkloads: false })
    expect(await ask(before, '/')).toBe(before.id)
    runtime = await start()
    expect(firstOf(await untilReady(spec))).toMatchObject({ id: before.id, pid: before.pid, address: before.address, restarts: 0 })
  })

  it('forgets what was stopped long ago, logs and all', async () => {
    const spec = harness.specOf('serves')
    await run(spec)
    await runtime.stop(spec.ref)
    await sql`update workload set updated_at = now() - interval '8 days'`.execute(database.db)
    await runtime.close({ stopWorkloads: true })
    runtime = await start()
    expect(await runtime.status(spec.ref)).toMatchObject({ state: 'absent' })
    expect(readdirSync(path.join(harness.dataDir, 'workloads', spec.ref.component, 'dev'))).toEqual([])
  })
})

describe('after kill -9 of the platform', () => {
  const untilUp = async (child: ReturnType<typeof spawn>): Promise<void> => void (await once(child.stdout ?? child, 'data'))

  it('running workloads are adopted without a restart, and no line is lost or doubled', async () => {
    const spec = harness.specOf('serves', 'survivor')
    await platformThatIsKilled(['survivor=serves'], async (child) => {
      await untilUp(child)
      await vi.waitFor(async () => {
        const { rows } = await sql<{ port: number }>`select port from workload_instance where pid is not null`.execute(database.db)
        expect(await ask({ address: `127.0.0.1:${rows[0]?.port}` } as InstanceStatus, '/say/before')).toBe('')
      }, 10_000)
    })
    const { rows } = await sql<{ pid: number; port: number }>`select pid, port from workload_instance`.execute(database.db)
    const orphan = { address: `127.0.0.1:${rows[0]?.port}` } as InstanceStatus
    await ask(orphan, '/say/meanwhile')
    runtime = await start()
    const adopted = firstOf(await untilReady(spec))
    expect(adopted).toMatchObject({ pid: rows[0]?.pid, restarts: 0 })
    await ask(adopted, '/say/after')
    await vi.waitFor(async () => expect(await linesOf(spec)).toEqual(['started', 'before', 'meanwhile', 'after']), { timeout: 10_000 })
    // What the killed platform had read was delivered by it; the rest is by the new one.
    expect(harness.lines.map((line) => line.line)).toEqual(expect.arrayContaining(['meanwhile', 'after']))
    expect(new Set(harness.lines.map((line) => line.line)).size).toBe(harness.lines.length)
  })

  it('one that is adopted is supervised as before: restarted when it ends, stopped when asked', async () => {
    const spec = harness.specOf('serves', 'adopted')
    await platformThatIsKilled(['adopted=serves'], async (child) => {
      await untilUp(child)
      await vi.waitFor(async () => expect((await sql`select 1 from workload_instance where pid is not null`.execute(database.db)).rows).toHaveLength(1), 10_000)
    })
    runtime = await start()
    const adopted = firstOf(await untilReady(spec))
    await ask(adopted, '/exit').catch(() => {})
    const again = firstOf(
      await until(spec.ref, (status) => {
        expect(status.instances[0]?.restarts).toBe(1)
        expect(status.state).toBe('ready')
      }),
    )
    expect(again).toMatchObject({ id: adopted.id, lastExit: 'ended (it was adopted: its exit code is unknown): Error: told to exit' })
    await runtime.stop(spec.ref)
    expect(readProcess(again.pid ?? 0)).toBeUndefined()
  })

  it('workloads that died meanwhile are started again', async () => {
    const spec = harness.specOf('serves', 'dead')
    await platformThatIsKilled(['dead=serves'], async (child) => {
      await untilUp(child)
      await vi.waitFor(async () => expect((await sql`select 1 from workload_instance where pid is not null`.execute(database.db)).rows).toHaveLength(1), 10_000)
    })
    const { rows } = await sql<{ pid: number }>`select pid from workload_instance`.execute(database.db)
    process.kill(-(rows[0]?.pid ?? 0), 'SIGKILL')
    await vi.waitFor(() => expect(readProcess(rows[0]?.pid ?? 0)).toBeUndefined())
    runtime = await start()
    expect(firstOf(await untilReady(spec))).toMatchObject({ restarts: 1, lastExit: 'ended while the platform was away' })
  })

  it('a process whose pid was not written down yet is found by its mark and adopted, not started twice', async () => {
    const spec = harness.specOf('serves')
    const before = await run(spec)
    await runtime.close({ stopWorkloads: false })
    await sql`update workload_instance set pid = null, process_start = null`.execute(database.db)
    runtime = await start()
    expect(firstOf(await untilReady(spec))).toMatchObject({ id: before.id, pid: before.pid, restarts: 0 })
  })

  it('a process of ours that nobody wants any more is ended; one of another data folder is left alone', async () => {
    const spec = harness.specOf('serves')
    const unwanted = await run(spec)
    await runtime.close({ stopWorkloads: false })
    const other = await makeProcessHarness(database.db)
    await sql`delete from workload`.execute(database.db)
    const neighbour = await ProcessRuntime.start(other.deps)
    expect(readProcess(unwanted.pid ?? 0)).toBeDefined()
    await neighbour.close({ stopWorkloads: true })
    await other.remove()
    runtime = await start()
    await vi.waitFor(() => expect(readProcess(unwanted.pid ?? 0)).toBeUndefined())
  })

  it('a log whose last entry was torn goes on where it was', async () => {
    const spec = harness.specOf('serves')
    const instance = await run(spec)
    await vi.waitFor(async () => expect(await linesOf(spec)).toEqual(['started']))
    await runtime.close({ stopWorkloads: false })
    const log = path.join(harness.dataDir, 'workloads', workloadKey(spec.ref), `${instance.id}.log`)
    writeFileSync(log, `${readFileSync(log, 'utf8')}2026-01-01T00:00:00.000Z\to\t99`)
    await ask(instance, '/say/more')
    runtime = await start()
    await untilReady(spec)
    await vi.waitFor(async () => expect(await linesOf(spec)).toEqual(['started', 'more']), { timeout: 5_000 })
  })
})
