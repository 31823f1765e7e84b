import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, findRealTool, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { childEnvironment } from '#kernel/node/config'
import { createRouter, httpFaults, serveHttp, systemCaller, type Caller, type RunningServer } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createStates, type StateStore } from './index.ts'

const { file: tofu, reason } = findRealTool('tofu')
const journal = new MemoryJournal()
const dead = new Set<string>()
let database: TestDatabase
let server: RunningServer
let store: StateStore

/** A mask, so that plain text never reaches the table; the true sealing has tests of its own. */
const mask = (value: Uint8Array): Uint8Array => value.map((byte) => byte ^ 0x5a)

beforeAll(async () => {
  database = await createTestDatabase()
  const states = createStates({
    db: database.db,
    journal,
    clock: systemClock,
    sealing: { seal: mask, open: mask },
    isCredentialAlive: async (id) => !dead.has(id),
  })
  store = states.store
  const fetch = createRouter(states.routes, {
    authenticate: async (request): Promise<Caller | undefined> => {
      const basic = request.headers.get('authorization')
      if (!basic) return undefined
      const token = Buffer.from(basic.slice(6), 'base64').toString().split(':')[1] ?? ''
      if (dead.has(token)) throw httpFaults.unauthenticated({})
      return {
        ...systemCaller,
        kind: 'service',
        principal: token === 'admin' ? 'user:default/admin' : 'service:default/runs',
        isAdministrator: token === 'admin',
        credentialId: token,
      }
    },
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  server = await serveHttp({ host: '127.0.0.1', port: 0, setting: 'FAIRWAY_PORT', fetch })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const address = (name: string): string => `http://127.0.0.1:${server.port}/api/v1/state/${name}`
const call = async (method: string, name: string, token: string | undefined, body?: string): Promise<Response> =>
  await fetch(address(name), {
    method,
    headers: token ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } : {},
    ...(body === undefined ? {} : { body }),
  })
const state = (serial: number, lineage = 'l', extra = ''): string => JSON.stringify({ version: 4, lineage, serial, outputs: {}, resources: [], extra })
const lock = (id: string): string => JSON.stringify({ ID: id, Operation: 'OperationTypeApply', Who: 'ana@laptop' })

describe('the backend', () => {
  it('asks for a sign-in, and has no state at first', async () => {
    const anonymous = await call('GET', 'a', undefined)
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="fairway"'])
    expect((await call('GET', 'a', 'tok_1')).status).toBe(404)
  })

  it('gives one of twenty who lock at once the lock, and the others the holder', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call('LOCK', 'race', `tok_${index}`, lock(`id_${index}`))))
    const holders = await Promise.all(answers.filter((answer) => answer.status === 423).map(async (answer) => ((await answer.json()) as { ID: string }).ID))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1)
    expect(new Set(holders).size).toBe(1)
    expect(holders).toHaveLength(19)
  })

  it('lets nobody steal a lock: not by its id, not by force, only an administrator breaks it, on record', async () => {
    await call('LOCK', 'theft', 'tok_1', lock('mine'))
    expect((await call('POST', 'theft?ID=mine', 'tok_2', state(1))).status).toBe(423)
    expect((await call('UNLOCK', 'theft', 'tok_2', lock('mine'))).status).toBe(423)
    expect((await call('UNLOCK', 'theft', 'tok_2', '')).status).toBe(423)
    expect((await call('DELETE', 'theft', 'tok_2')).status).toBe(423)
    expect((await call('UNLOCK', 'theft', 'tok_1', 'broken{')).status).toBe(400)
    expect((await call('POST', 'theft?ID=mine', 'tok_1', state(1))).status).toBe(200)
    expect((await call('UNLOCK', 'theft', 'admin', '')).status).toBe(200)
    expect(journal.events.at(-1)).toMatchObject({ type: 'provisioning.state.lock_forced', subject: 'state/theft', actor: 'user:default/admin' })
    const late = await call('POST', 'theft?ID=mine', 'tok_1', state(2))
    expect([late.status, await late.json()]).toMatchObject([409, { code: 'provisioning.state.refused' }])
  })

  it('takes over the lock of a run whose token is dead, and of no other', async () => {
    await call('LOCK', 'crash', 'tok_dead', lock('old'))
    expect((await call('LOCK', 'crash', 'tok_2', lock('new'))).status).toBe(423)
    dead.add('tok_dead')
    expect((await call('LOCK', 'crash', 'tok_2', lock('new'))).status).toBe(200)
    expect((await call('POST', 'crash?ID=old', 'tok_dead', state(1))).status).toBe(401)
    expect(journal.events.at(-1)).toMatchObject({ type: 'provisioning.state.lock_taken_over' })
  })

  it('refuses what would undo or replace the state, and what was corrupted', async () => {
    expect((await call('POST', 'guard', 'tok_1', state(5))).status).toBe(200)
    expect((await call('POST', 'guard', 'tok_1', state(5))).status).toBe(200)
    expect((await call('POST', 'guard', 'tok_1', state(4))).status).toBe(409)
    expect((await call('POST', 'guard', 'tok_1', state(6, 'other'))).status).toBe(409)
    expect((await call('POST', 'guard', 'tok_1', 'no state')).status).toBe(422)
    const corrupted = await fetch(address('guard'), {
      method: 'POST',
      body: state(7),
      headers: { authorization: `Basic ${btoa('x:tok_1')}`, 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    })
    expect(corrupted.status).toBe(400)
    expect(await (await call('GET', 'guard', 'tok_1')).json()).toMatchObject({ serial: 5 })
    for (const bad of ['..%2fx', '.hidden', 'a%20b', 'a/%2e%2e%2fb']) expect((await call('GET', bad, 'tok_1')).status).toBeGreaterThanOrEqual(400)
  })

  it('keeps no state in clear, and nothing at all after it was removed', async () => {
    await call('POST', 'sealed', 'tok_1', state(1, 'l', 'canary-77aa88bb'))
    const rows = await sql`select encode(sealed, 'escape') as text from infrastructure_state_version`.execute(database.db)
    expect(JSON.stringify([rows.rows, journal.events])).not.toContain('canary-77aa88bb')
    expect((await call('DELETE', 'sealed', 'tok_1')).status).toBe(200)
    expect((await call('DELETE', 'sealed', 'tok_1')).status).toBe(200)
    expect(await store.head('sealed')).toBeUndefined()
    const left = await sql`select 1 from infrastructure_state_version where name = 'sealed'`.execute(database.db)
    expect(left.rows).toEqual([])
  })
})

describe.skipIf(tofu === undefined)(`with OpenTofu${reason === undefined ? '' : ` (${reason})`}`, () => {
  const environment = (name: string, token: string): Record<string, string> => ({
    ...childEnvironment(),
    TF_CLI_CONFIG_FILE: '/dev/null',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
    TF_HTTP_ADDRESS: address(name),
    TF_HTTP_LOCK_ADDRESS: address(name),
    TF_HTTP_UNLOCK_ADDRESS: address(name),
    TF_HTTP_USERNAME: 'fairway',
    TF_HTTP_PASSWORD: token,
    TF_HTTP_RETRY_MAX: '0',
  })
  const run = async (folder: string, name: string, token: string, ...args: string[]): Promise<{ code: number; output: string }> =>
    await new Promise((resolve) => {
      execFile(tofu ?? '', args, { cwd: folder, env: environment(name, token) }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output: stdout + stderr }),
      )
    })
  const project = async (resource: string): Promise<string> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tofu-'))
    await writeFile(path.join(folder, 'main.tf'), `terraform {\n  backend "http" {}\n}\n${resource}\n`)
    return folder
  }

  it('plans, applies, reads back, and destroys', async () => {
    const folder = await project(
      'variable "v" { default = "one" }\nresource "terraform_data" "a" { input = var.v }\noutput "o" { value = terraform_data.a.output }',
    )
    expect(await run(folder, 'real/one', 'tok_1', 'init', '-no-color')).toMatchObject({ code: 0 })
    expect(await run(folder, 'real/one', 'tok_1', 'apply', '-auto-approve', '-no-color')).toMatchObject({ code: 0 })
    expect((await store.head('real/one'))?.serial).toBeGreaterThan(0)
    expect((await run(folder, 'real/one', 'tok_1', 'output', '-raw', 'o')).output).toBe('one')
    expect(await run(folder, 'real/one', 'tok_1', 'plan', '-detailed-exitcode', '-no-color')).toMatchObject({ code: 0 })
    expect(await run(folder, 'real/one', 'tok_1', 'apply', '-var', 'v=two', '-auto-approve', '-no-color')).toMatchObject({ code: 0 })
    expect(await run(folder, 'real/one', 'tok_1', 'destroy', '-auto-approve', '-no-color')).toMatchObject({ code: 0 })
    // Locked, read, unlocked: nobody holds it afterwards.
    expect((await call('LOCK', 'real/one', 'tok_7', lock('free'))).status).toBe(200)
  })

  it('of two that apply at once one has to wait, and none is lost', async () => {
    const folder = await project('resource "terraform_data" "a" {\n  input = timestamp()\n  provisioner "local-exec" { command = "sleep 1" }\n}')
    await run(folder, 'real/two', 'tok_1', 'init', '-no-color')
    const [first, second] = await Promise.all([
      run(folder, 'real/two', 'tok_1', 'apply', '-auto-approve', '-no-color'),
      run(folder, 'real/two', 'tok_2', 'apply', '-auto-approve', '-no-color'),
    ])
    expect([first.code, second.code].sort((a, b) => a - b)).toEqual([0, 1])
    expect(first.output + second.output).toMatch(/Error acquiring the state lock/)
    expect(await run(folder, 'real/two', 'tok_2', 'apply', '-auto-approve', '-no-color', '-lock-timeout=20s')).toMatchObject({ code: 0 })
  })

  it('killed in the middle, leaves a lock that goes with its token, and another run goes on', async () => {
    const folder = await project('resource "terraform_data" "a" {\n  provisioner "local-exec" { command = "touch started; sleep 30" }\n}')
    await run(folder, 'real/crash', 'tok_c', 'init', '-no-color')
    const child = spawn(tofu ?? '', ['apply', '-auto-approve', '-no-color'], {
      cwd: folder,
      env: environment('real/crash', 'tok_c'),
      stdio: 'ignore',
      detached: true,
    })
    await expect
      .poll(
        () =>
          readFile(path.join(folder, 'started')).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true)
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await writeFile(path.join(folder, 'main.tf'), 'terraform {\n  backend "http" {}\n}\nresource "terraform_data" "a" {}\n')
    expect((await run(folder, 'real/crash', 'tok_d', 'apply', '-auto-approve', '-no-color')).output).toMatch(/Error acquiring the state lock/)
    dead.add('tok_c')
    expect(await run(folder, 'real/crash', 'tok_d', 'apply', '-auto-approve', '-no-color')).toMatchObject({ code: 0 })
  })

  it('by force-unlock breaks only a lock of its own', async () => {
    const folder = await project('resource "terraform_data" "a" {}')
    await run(folder, 'real/force', 'tok_1', 'init', '-no-color')
    await call('LOCK', 'real/force', 'tok_9', lock('held'))
    expect((await run(folder, 'real/force', 'tok_1', 'force-unlock', '-force', 'held')).code).toBe(1)
    expect(await run(folder, 'real/force', 'tok_9', 'force-unlock', '-force', 'held')).toMatchObject({ code: 0 })
  })
})
