import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, type Caller } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { createGitHost } from './create-git-host.ts'
import type { LocalGitHost } from './local-git-host.ts'

let database: TestDatabase
let root: string
let host: LocalGitHost
let fetchRoute: (request: Request) => Promise<Response> | Response
const at = { owner: 'acme', name: 'orders' }

const callerOf = (name: string): Caller => ({
  principal: `user:default/${name}`,
  kind: 'person',
  displayName: 'Ana Lima',
  groups: [],
  scopes: name === 'reader' ? ['repository:read'] : ['repository:read', 'repository:write'],
  isAdministrator: false,
  via: 'token',
})
const send = async (body: unknown, as = 'ana', repository = 'acme/orders'): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetchRoute(
    new Request(`http://fairway.test/api/v1/repositories/${repository}/files`, {
      method: 'POST',
      headers: { authorization: as, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const text = async (ref: string, file: string): Promise<string> => new TextDecoder().decode(await host.readFile({ ...at, ref, path: file }))
const headOf = async (branch: string): Promise<string | undefined> => await host.resolveRef({ ...at, ref: `refs/heads/${branch}` })
const files = (content: string) => [{ path: 'catalog-info.yaml', content }]

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'commit-routes-'))
  const authorize = async (caller: Caller, permission: string): Promise<{ isAllowed: boolean; reason: string }> => ({
    isAllowed: caller.scopes.includes(permission),
    reason: 'for reading only',
  })
  const deps = { db: database.db, journal: new MemoryJournal(), clock: systemClock, log: silentLogger, root, authorize, publicUrl: () => 'http://fairway.test' }
  const created = await createGitHost(deps)
  host = created.host
  fetchRoute = createRouter(created.routes, {
    authenticate: async (request) => callerOf(request.headers.get('authorization') ?? ''),
    authorize,
    log: silentLogger,
  })
  await host.createRepository({ ...at, createdBy: 'user:default/ana' })
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

it('commits as who asked, and with the same files again commits nothing', async () => {
  const first = await send({ branch: 'main', message: 'Begin', files: files('kind: Component\n') })
  expect(first).toMatchObject({ status: 201, body: { branch: 'main', pullRequest: null } })
  expect(await text('main', 'catalog-info.yaml')).toBe('kind: Component\n')
  expect((await host.log({ ...at, ref: 'main' }))[0]?.author).toEqual({ name: 'Ana Lima', email: 'ana@localhost' })
  const again = await send({ branch: 'main', message: 'Begin', files: files('kind: Component\n'), expectedParent: first.body['commit'] })
  expect(again.body['commit']).toBe(first.body['commit'])
})

it('removes a file, and overwrites nothing that came in between', async () => {
  const before = await headOf('main')
  await send({ branch: 'main', message: 'Add', files: [{ path: 'a.txt', content: 'a' }] })
  expect(await send({ branch: 'main', message: 'Late', files: files('late\n'), expectedParent: before })).toMatchObject({
    status: 409,
    body: { code: 'delivery.git_host.stale_parent' },
  })
  expect(await text('main', 'catalog-info.yaml')).toBe('kind: Component\n')
  expect((await send({ branch: 'main', message: 'Drop', files: [{ path: 'a.txt', content: null }] })).status).toBe(201)
  expect((await host.listTree({ ...at, ref: 'main' })).map((entry) => entry.path)).toEqual(['catalog-info.yaml'])
})

it('proposes by a pull request, from a branch of its own, and leaves the target as it is', async () => {
  const main = await headOf('main')
  const proposed = await send({
    branch: 'edit/owner',
    message: 'Own it',
    files: files('kind: API\n'),
    expectedParent: main,
    pullRequest: { title: 'Own it', body: 'Because' },
  })
  expect(proposed).toMatchObject({
    status: 201,
    body: { pullRequest: { number: 1, sourceBranch: 'edit/owner', targetBranch: 'main', author: 'user:default/ana' } },
  })
  expect(await headOf('main')).toBe(main)
  const more = await send({ branch: 'edit/owner', message: 'More', files: files('kind: System\n'), pullRequest: { title: 'Own it' } })
  expect(more.body['pullRequest']).toMatchObject({ number: 1, headSha: more.body['commit'] })
})

it('of nothing to propose it leaves no branch behind', async () => {
  const main = await headOf('main')
  const nothing = await send({ branch: 'edit/nothing', message: 'Same', files: files('kind: Component\n'), pullRequest: { title: 'Same' } })
  expect(nothing).toMatchObject({ status: 422, body: { code: 'delivery.pull_request.nothing_to_merge' } })
  expect(await headOf('edit/nothing')).toBeUndefined()
  expect((await send({ branch: 'main', message: 'x', files: files('x'), pullRequest: { title: 'x' } })).status).toBe(422)
  expect(await headOf('main')).toBe(main)
})

it('proposes on top of what was read only', async () => {
  const stale = await send({ branch: 'edit/late', message: 'x', files: files('x'), expectedParent: '1'.repeat(40), pullRequest: { title: 'x' } })
  expect(stale).toMatchObject({ status: 409, body: { code: 'delivery.git_host.stale_parent' } })
  expect(await headOf('edit/late')).toBeUndefined()
})

it.each([
  ['../out', 400],
  ['.git/config', 400],
])('a file %s can not be written', async (file, status) => {
  expect((await send({ branch: 'main', message: 'x', files: [{ path: file, content: 'x' }] })).status).toBe(status)
})

it('needs the permission to write, and a repository', async () => {
  expect((await send({ branch: 'main', message: 'x', files: files('x') }, 'reader')).status).toBe(403)
  expect((await send({ branch: 'main', message: 'x', files: files('x') }, 'ana', 'acme/nowhere')).status).toBe(404)
})
