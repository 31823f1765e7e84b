import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, findRealTool, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import type { PlanRequest } from '#kernel/common/driver'
import { Secret } from '#kernel/common/secret'
import { childEnvironment } from '#kernel/node/config'
import { createRouter, httpFaults, serveHttp, systemCaller, type RunningServer } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import type { ResourceSecrets } from '#provisioning/resource'
import { createStates, type StateStore } from '#provisioning/state'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import { TerraformDriver, type StateAccess, type TerraformDriverDeps } from './index.ts'

const { file: tofu, reason } = findRealTool('tofu')
const kept = new Map<string, Secret>()
const secrets: ResourceSecrets = {
  write: async (path, value) => void kept.set(path, value),
  find: async (path) => kept.get(path),
  remove: async (path) => void kept.delete(path),
}
const tokens = new Map<string, string>()
const mask = (value: Uint8Array): Uint8Array => value.map((byte) => byte ^ 0x5a)
const actor = { principal: 'system:fairway', credentialId: undefined, isAdministrator: true }
let database: TestDatabase
let server: RunningServer
let store: StateStore
let root: string
/** The module, as the organisation has it now. */
let module = ''

const MODULE = `
variable "component" {}
variable "environment" {}
variable "name" {}
variable "size" { default = 1 }
variable "password" {
  default   = "canary-module-password"
  sensitive = true
}
resource "terraform_data" "one" { input = "\${var.component}-\${var.name}-\${var.size}" }
resource "terraform_data" "two" {
  input            = var.password
  triggers_replace = var.size
}
output "value" { value = terraform_data.one.output }
output "password" {
  value     = terraform_data.two.output
  sensitive = true
}
`

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'tofu-root-'))
  const states = createStates({
    db: database.db,
    journal: new MemoryJournal(),
    clock: systemClock,
    sealing: { seal: mask, open: mask },
    isCredentialAlive: async (id) => [...tokens.values()].includes(id),
  })
  store = states.store
  const fetch = createRouter(states.routes, {
    authenticate: async (request) => {
      const credentialId = tokens.get(
        Buffer.from((request.headers.get('authorization') ?? '').slice(6), 'base64')
          .toString()
          .split(':')[1] ?? '',
      )
      if (!credentialId) throw httpFaults.unauthenticated({})
      return { ...systemCaller, isAdministrator: false, credentialId }
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

const access = (): StateAccess => ({
  open: async (name) => {
    const token = randomBytes(16).toString('hex')
    tokens.set(token, `tok_${token.slice(0, 8)}`)
    return { address: `http://127.0.0.1:${server.port}/api/v1/state/${name}`, token: new Secret(token), credentialId: `tok_${token.slice(0, 8)}` }
  },
  close: async (id) => {
    for (const [token, credentialId] of tokens) if (credentialId === id) tokens.delete(token)
  },
  head: (name) => store.head(name),
  remove: async (name) => void (await store.remove(name, actor)),
})

const driver = (deps: Partial<TerraformDriverDeps> = {}): TerraformDriver =>
  new TerraformDriver({
    db: database.db,
    clock: systemClock,
    secrets,
    states: access(),
    sealing: { seal: mask, open: mask },
    copyModule: async (_module, folder) => await writeFile(path.join(folder, 'main.tf'), module === '' ? MODULE : module),
    binary: async () => tofu ?? '',
    root,
    inherited: childEnvironment(),
    ...deps,
  })

const context = (key: string, progress: (message: string) => void = () => {}) => ({
  key,
  signal: new AbortController().signal,
  outputs: {},
  progress: ({ message }: { message: string }) => progress(message),
})
let count = 0
const request = (params: Record<string, number> = {}, name = `n${++count}`): PlanRequest => ({
  id: `resource:${name}`,
  target: `example/orders/dev/${name}`,
  desired: {
    component: 'orders',
    environment: 'dev',
    name,
    type: 'example',
    class: 'default',
    recipe: 'example',
    parameters: { module: 'recipes/example' },
    params,
  },
})

describe.skipIf(tofu === undefined)(`the terraform driver${reason === undefined ? '' : ` (${reason})`}`, () => {
  driverContract('terraform', {
    make: async () => ({
      driver: driver(),
      request: () => request(),
      secrets: async () => [new Secret('canary-module-password'), ...[...tokens.keys()].map((token) => new Secret(token))],
      crashHalfway: async (action, key) => {
        // All was made and the state written; then, before anything was noted, the process died.
        const dying: ResourceSecrets = { ...secrets, write: async () => await Promise.reject(new Error('killed')) }
        await driver({ secrets: dying })
          .apply(action, context(key))
          .catch(() => {})
      },
      broken: async () =>
        driver({ states: { ...access(), open: async () => ({ address: 'http://127.0.0.1:9/x', token: new Secret('none'), credentialId: 'none' }) } }),
    }),
  })

  it('applies what was approved, tells its progress, and hands its outputs over as secrets', async () => {
    const wish = request({ size: 3 })
    const action = await driver().plan(wish)
    expect(action).toMatchObject({ verb: 'create', title: 'Module "recipes/example" for orders in dev: create 2' })
    expect(action.changes).toContainEqual({ path: 'terraform_data.two.input', isSensitive: true })
    const told: string[] = []
    const outcome = await driver().apply(
      action,
      context('chg_1:x', (message) => told.push(message)),
    )
    expect(outcome).toMatchObject({ outcome: 'done', outputs: { value: { secretPath: `resources/orders/dev/${wish.desired['name'] as string}/value` } } })
    expect(kept.get(`resources/orders/dev/${wish.desired['name'] as string}/value`)?.reveal()).toBe(`orders-${wish.desired['name'] as string}-3`)
    expect(told).toContain('create terraform_data.one: finished')
  })

  it('says before it replaces, and refuses a module that was altered since the plan', async () => {
    const wish = request({ size: 1 })
    await driver().apply(await driver().plan(wish), context('chg_2:x'))
    const action = await driver().plan({ ...wish, desired: { ...wish.desired, params: { size: 2 } } })
    expect(action).toMatchObject({ verb: 'replace', isDestructive: true })
    module = `${MODULE}\n# altered\n`
    await expect(driver().apply(action, context('chg_3:x'))).rejects.toMatchObject({ code: 'kernel.driver.stale' })
    module = ''
  })

  it('lets no workload choose another module or overrule the recipe', async () => {
    const wish = request()
    const evil = {
      ...wish,
      desired: {
        ...wish.desired,
        parameters: { module: 'recipes/example', variables: { size: 5 } },
        params: { module: '../evil', size: 9, component: 'billing' },
      },
    }
    expect((await driver().plan(evil)).changes).toContainEqual({ path: 'terraform_data.one.input', after: `orders-${wish.desired['name'] as string}-5` })
    await expect(driver().plan({ ...wish, desired: { ...wish.desired, parameters: { module: '../evil' } } })).rejects.toMatchObject({
      code: 'kernel.driver.bad_input',
    })
  })

  it('names what is wrong with a module, and leaves nothing behind', async () => {
    const wish = request()
    module = 'resource "terraform_data" "a" { nonsense = 1 }'
    await expect(driver().plan(wish)).rejects.toMatchObject({
      code: 'provisioning.terraform.failed',
      message: expect.stringContaining('Unsupported argument') as string,
    })
    module = 'resource "terraform_data" "a" {\n  input = tonumber("x")\n}'
    await expect(driver().plan(wish)).rejects.toMatchObject({ message: expect.stringMatching(/plan failed: .*main\.tf:2/) as string })
    module = ''
    expect(await readdir(path.join(root, 'runs'))).toEqual([])
    expect(await store.head(wish.target)).toBeUndefined()
    expect(tokens.size).toBe(0)
  })

  it('goes on after a failure half-way, by a new plan', async () => {
    const wish = request()
    module = `resource "terraform_data" "ok" {}\nresource "terraform_data" "bad" {\n  depends_on = [terraform_data.ok]\n  provisioner "local-exec" { command = "exit 3" }\n}`
    const action = await driver().plan(wish)
    await expect(driver().apply(action, context('chg_4:x'))).rejects.toMatchObject({ code: 'provisioning.terraform.failed' })
    module = module.replace('exit 3', 'true')
    const again = await driver().plan(wish)
    expect(again.verb).toBe('replace')
    expect(await driver().apply(again, context('chg_5:x'))).toMatchObject({ outcome: 'done' })
    module = ''
  })

  it('keeps no plan in clear, and none after it was applied', async () => {
    const action = await driver().plan(request())
    const file = path.join(root, 'plans', `${action.input['planId'] as string}.sealed`)
    expect((await readFile(file)).subarray(0, 2).toString()).not.toBe('PK')
    await driver().apply(action, context('chg_6:x'))
    await expect(readFile(file)).rejects.toThrow('ENOENT')
    const rows = await sql<{ text: string }>`select t::text as text from tofu_run t`.execute(database.db)
    expect(JSON.stringify(rows.rows)).not.toContain('canary-module-password')
  })
})
