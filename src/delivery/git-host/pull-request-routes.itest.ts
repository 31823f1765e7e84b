import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
const repository = { owner: 'acme', name: 'orders' }
const base = 'http://fairway.test/api/v1/repositories/acme/orders'
const checked: string[] = []

const callerOf = (name: string): Caller => ({
  principal: `user:default/${name}`,
  kind: 'person',
  displayName: name,
  groups: [],
  scopes: name === 'reader' ? ['repository:read'] : ['repository:read', 'repository:write'],
  isAdministrator: false,
  via: 'token',
})
const call = async (method: string, address: string, body?: unknown, as = 'ana'): Promise<{ status: number; body: Record<string, unknown> }> => {
  const init = { method, headers: { authorization: as, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const response = await fetchRoute(new Request(base + address, init))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const commit = async (branch: string, files: Record<string, string>): Promise<string> => {
  const list = Object.entries(files).map(([file, content]) => ({ path: file, content: Buffer.from(content) }))
  const author = { name: 'Ana', email: 'a@b' }
  return (await host.commitFiles({ ...repository, branch, message: branch, author, files: list, pusher: 'user:default/ana' })).sha
}

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'pull-routes-'))
  const authorize = async (caller: Caller, permission: string): Promise<{ isAllowed: boolean; reason: string }> => ({
    isAllowed: caller.scopes.includes(permission),
    reason: 'for reading only',
  })
  const checksOf = async (_: string, sha: string) => {
    checked.push(sha)
    return [{ id: 'run_1', name: 'ci', event: 'push', state: 'completed' as const, conclusion: 'success' as const, startedAt: null, finishedAt: null }]
  }
  const deps = {
    db: database.db,
    journal: new MemoryJournal(),
    clock: systemClock,
    log: silentLogger,
    root,
    authorize,
    checksOf,
    publicUrl: () => 'http://fairway.test',
  }
  const created = await createGitHost(deps)
  host = created.host
  const authenticate = async (request: Request): Promise<Caller> => callerOf(request.headers.get('authorization') ?? '')
  fetchRoute = createRouter(created.routes, { authenticate, authorize, log: silentLogger })
  await host.createRepository({ ...repository, createdBy: 'user:default/ana' })
  await commit('main', { 'README.md': '# Orders\n' })
  await host.ensureBranch({ ...repository, branch: 'topic', from: 'main', actor: 'user:default/ana' })
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

describe('/pull-requests', () => {
  it('opens, shows, reviews and merges one, and deletes its branch', async () => {
    const head = await commit('topic', { 'src/a.js': 'one\n' })
    const opened = await call('POST', '/pull-requests', { title: 'Add a', sourceBranch: 'topic', labels: ['x'] })
    expect(opened).toMatchObject({
      status: 201,
      body: { number: 1, targetBranch: 'main', url: 'http://fairway.test/repositories/acme/orders/pull-requests/1' },
    })
    expect(await call('GET', '/pull-requests?state=open')).toMatchObject({ body: { items: [{ number: 1 }], counts: { open: 1, merged: 0, closed: 0 } } })
    expect(await call('GET', '/pull-requests/1')).toMatchObject({ body: { isMergeable: true, checks: [{ name: 'ci' }], endedBy: null } })
    expect(checked).toEqual([head])
    expect(await call('GET', '/pull-requests/1/diff')).toMatchObject({ body: { files: [{ path: 'src/a.js', previousPath: null, status: 'added' }] } })
    expect(await call('POST', '/pull-requests/1/comments', { verdict: 'changes_requested' }, 'ben')).toMatchObject({ status: 400 })
    expect(await call('POST', '/pull-requests/1/comments', { verdict: 'approved' }, 'ben')).toMatchObject({ status: 201, body: { author: 'user:default/ben' } })
    expect(await call('POST', '/pull-requests/1/comments', { verdict: 'approved' })).toMatchObject({ status: 403 })
    expect(await call('PATCH', '/pull-requests/1', { title: 'Add a, really' })).toMatchObject({ body: { title: 'Add a, really', labels: ['x'] } })
    const merged = await call('POST', '/pull-requests/1/merge', { expectedHead: head, deleteBranch: true }, 'ben')
    expect(merged).toMatchObject({ status: 200, body: { state: 'merged', mergeSha: await host.resolveRef({ ...repository, ref: 'main' }) } })
    expect(await call('GET', '/branches')).toMatchObject({ body: { items: [{ name: 'main' }], nextCursor: null } })
    expect(await call('GET', '/pull-requests/1')).toMatchObject({ body: { endedBy: 'user:default/ben' } })
  })

  it('tells a conflict file by file', async () => {
    await host.ensureBranch({ ...repository, branch: 'mine', from: 'main', actor: 'user:default/ana' })
    await commit('mine', { 'README.md': '# Mine\n' })
    await commit('main', { 'README.md': '# Theirs\n' })
    const { body } = await call('POST', '/pull-requests', { title: 'T', sourceBranch: 'mine' })
    const refused = await call('POST', `/pull-requests/${String(body['number'])}/merge`, {})
    expect(refused).toMatchObject({ status: 409, body: { code: 'delivery.pull_request.conflict', errors: [{ field: 'README.md' }] } })
  })

  it('lets a reader read, and nothing else', async () => {
    expect((await call('GET', '/pull-requests', undefined, 'reader')).status).toBe(200)
    expect((await call('POST', '/pull-requests/1/close', undefined, 'reader')).status).toBe(403)
    expect((await call('POST', '/pull-requests/1/merge', {}, 'reader')).status).toBe(403)
  })

  it.each(['../../etc/passwd', '-x', 'a..b'])('takes the branch %j for none', async (sourceBranch) => {
    expect(await call('POST', '/pull-requests', { title: 'T', sourceBranch })).toMatchObject({ status: 400, body: { code: 'delivery.git_host.bad_name' } })
  })
})
