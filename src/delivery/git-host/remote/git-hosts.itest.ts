import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGithubServer, type GithubServer } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { gitFolders } from '../git-command.ts'
import { MemoryGitHost } from '../memory/memory-git-host.ts'
import { BareFiles } from './bare-files.ts'
import type { GitHostDocument } from './git-host-document.ts'
import { GitHosts } from './git-hosts.ts'
import { Mirror } from './mirror.ts'

let server: GithubServer
let root: string
let hosts: GitHosts
let document: GitHostDocument
const secrets = new Map<string, Secret>()
const at = { owner: 'acme', name: 'orders' }
const commit = { ...at, branch: 'main', message: 'x', author: { name: 'Ana', email: 'a@b' }, pusher: 'user:default/ana' }

beforeAll(async () => {
  server = await startGithubServer()
  server.organisations.set('acme', { members: [], teams: [] })
  root = await mkdtemp(path.join(tmpdir(), 'mirrors-'))
  const name = new URL(server.url).host
  secrets.set('token', new Secret(server.token))
  secrets.set('hook', new Secret('hook-secret'))
  document = {
    entity: 'forge',
    name,
    title: 'Forge',
    type: 'github',
    url: server.url,
    organisations: ['acme'],
    credential: 'token',
    webhookSecret: 'hook',
    trustsPeople: false,
  }
  hosts = new GitHosts({
    builtIn: new MemoryGitHost(),
    publicUrl: () => 'http://fairway.example',
    documents: async () => [document],
    secrets: { find: async (key) => secrets.get(key), write: async (key, value) => void secrets.set(key, value) },
    clock: systemClock,
    root,
  })
  const { host } = (await hosts.list())[1] ?? {}
  await host?.createRepository({ ...at, createdBy: 'user:default/ana' })
  await host?.commitFiles({ ...commit, files: [{ path: 'docs/a.yaml', content: Buffer.from('a') }] })
  await host?.ensureBranch({ ...at, branch: 'feature/x', from: 'main', actor: 'user:default/ana' })
})
afterAll(async () => {
  await hosts?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

describe('hosts', () => {
  it('are found by the name of a repository, and by address', async () => {
    expect((await hosts.list()).map((host) => host.name)).toEqual(['', document.name])
    expect(await hosts.forRepository('acme/orders')).toMatchObject({ host: { name: '' }, repository: at })
    expect(await hosts.forRepository(`${document.name}/acme/orders`)).toMatchObject({ host: { name: document.name }, repository: at })
    await expect(hosts.forRepository('git.example/acme/orders')).rejects.toMatchObject({ code: 'delivery.foreign_host.unknown_host' })
    expect(await hosts.forUrl(`${server.url}/acme/orders/blob/main/docs/a.yaml`)).toMatchObject({ repository: at, ref: 'main', path: 'docs/a.yaml' })
    expect(await hosts.forUrl('http://fairway.example/git/acme/orders.git')).toMatchObject({ host: { name: '' }, repository: at })
  })

  it('tell a branch with a slash from a folder', async () =>
    expect(await hosts.locate(`${server.url}/acme/orders/blob/feature/x/docs/a.yaml`)).toMatchObject({ ref: 'feature/x', path: 'docs/a.yaml' }))

  it('are touched in the organisations that are declared, and in no other', async () => {
    const { remote } = await hosts.get('forge')
    for (const owner of ['other', 'acme-evil'])
      await expect(remote.findRepository(owner, 'x')).rejects.toMatchObject({ code: 'delivery.foreign_host.forbidden' })
  })

  it('take a token that was rotated from the next call on', async () => {
    secrets.set('token', new Secret('wrong-token'))
    const { remote } = await hosts.get('forge')
    await expect(remote.findRepository('acme', 'orders')).rejects.toMatchObject({ code: 'delivery.foreign_host.unauthorised' })
    remote.markStale(at)
    await expect(remote.log({ ...at, ref: 'main' })).rejects.toMatchObject({ code: 'delivery.foreign_host.unauthorised' })
    await hosts.writeToken('forge', new Secret(server.token), 'user:default/ana')
    expect(await remote.findRepository('acme', 'orders')).toMatchObject(at)
  })

  it('are opened anew when their document alters', async () => {
    const before = (await hosts.get('forge')).remote
    expect((await hosts.get(document.name)).remote).toBe(before)
    document = { ...document, title: 'The forge' }
    const after = await hosts.get('forge')
    expect(after).toMatchObject({ title: 'The forge' })
    expect(after.remote).not.toBe(before)
    // What was fetched stays.
    expect(await after.remote.log({ ...at, ref: 'main' })).toHaveLength(1)
  })
})

describe('a webhook', () => {
  const signed = (body: Buffer, secret: string): Headers =>
    new Headers({ 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` })
  const told = (after: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        ref: 'refs/heads/main',
        before: '0'.repeat(40),
        after,
        repository: { name: 'orders', owner: { login: 'acme' } },
        sender: { login: 'ana' },
      }),
    )

  it('makes what somebody pushed be seen at once, and is told to listeners', async () => {
    const { remote } = await hosts.get('forge')
    const first = await remote.resolveRef({ ...at, ref: 'main' })
    const gitDir = server.repositories.find('acme', 'orders')?.gitDir ?? ''
    const tree = await server.repositories.git(gitDir, 'rev-parse', 'main^{tree}')
    const pushed = await server.repositories.git(gitDir, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', tree, '-p', 'main', '-m', 'Pushed')
    await server.repositories.git(gitDir, 'update-ref', 'refs/heads/main', pushed)
    expect(await remote.resolveRef({ ...at, ref: 'main' })).toBe(first)
    const heard: string[] = []
    const stop = hosts.onPush((push) => void heard.push(`${push.host.name} ${push.owner}/${push.name} ${push.ref} ${push.after}`))
    await hosts.receiveWebhook('forge', signed(told(pushed), 'hook-secret'), told(pushed))
    stop()
    expect(heard).toEqual([`${document.name} acme/orders refs/heads/main ${pushed}`])
    expect(await remote.resolveRef({ ...at, ref: 'main' })).toBe(pushed)
  })

  it('is refused with another secret, and where there is none; one is made for who wants webhooks', async () => {
    const body = told('a'.repeat(40))
    await expect(hosts.receiveWebhook('forge', signed(body, 'other'), body)).rejects.toMatchObject({ code: 'delivery.foreign_host.bad_signature' })
    secrets.delete('hook')
    await expect(hosts.receiveWebhook('forge', signed(body, ''), body)).rejects.toMatchObject({ code: 'delivery.foreign_host.bad_signature' })
    await hosts.ensureWebhook('forge', { owner: 'acme' }, 'user:default/ana')
    const made = secrets.get('hook')?.reveal() ?? ''
    expect(made.length).toBeGreaterThan(40)
    expect(await hosts.receiveWebhook('forge', signed(body, made), body)).toHaveLength(1)
    await hosts.ensureWebhook('forge', { owner: 'acme' }, 'user:default/ana')
    expect(secrets.get('hook')?.reveal()).toBe(made)
  })
})

it('reads many files of a commit, and what differs between two', async () => {
  const { remote } = await hosts.get('forge')
  const before = (await remote.resolveRef({ ...at, ref: 'main' })) ?? ''
  const files = [
    { path: 'docs/a.yaml', content: Buffer.from('altered') },
    { path: 'gone', content: null },
    { path: 'large', content: Buffer.alloc(5_000, 'x') },
    { path: 'empty', content: Buffer.alloc(0) },
    { path: 'with blank', content: Buffer.from('1\n2\n') },
  ]
  const { sha } = await remote.commitFiles({ ...commit, files })
  const bare = new BareFiles(remote.folders, (ref) => remote.mirrorOf(ref).gitDir)
  const found = await bare.read(at, sha, ['docs/a.yaml', 'docs', 'nope', 'large', 'empty', 'with blank', 'a\nb'], 1_000)
  expect([...found].map(([name, content]) => [name, content === 'large' ? content : Buffer.from(content).toString()])).toEqual([
    ['large', 'large'],
    ['docs/a.yaml', 'altered'],
    ['empty', ''],
    ['with blank', '1\n2\n'],
  ])
  expect([...((await bare.diff(at, before, sha)) ?? new Map<string, string>()).keys()]).toEqual(['docs/a.yaml', 'empty', 'large', 'with blank'])
  expect(await bare.diff(at, 'f'.repeat(40), sha)).toBeUndefined()
})

it('many who read a repository at once are one fetch', async () => {
  const { remote } = await hosts.get('forge')
  remote.markStale(at)
  const mirror = remote.mirrorOf(at)
  let fetches = 0
  const fetchNow = mirror.fetchNow.bind(mirror)
  mirror.fetchNow = async () => {
    fetches += 1
    await fetchNow()
  }
  await Promise.all(Array.from({ length: 20 }, () => remote.resolveRef({ ...at, ref: 'main' })))
  expect(fetches).toBe(1)
})

describe('git', () => {
  it('writes nothing of the token to the disk', async () => {
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const basic = Buffer.from(`x-access-token:${server.token}`).toString('base64')
    for (const entry of files) {
      const content = await readFile(path.join(entry.parentPath, entry.name), 'latin1')
      expect([content.includes(server.token), content.includes(basic)]).toEqual([false, false])
    }
    expect(files.length).toBeGreaterThan(5)
  })

  const mirrorOf = (url: string, folder: string, allowLoopback = true): Mirror =>
    new Mirror({
      folders: gitFolders(root),
      gitDir: path.join(root, folder),
      clock: systemClock,
      repository: 'acme/x',
      remote: async () => ({ url, authorization: new Secret('Basic c2VjcmV0'), host: 'forge', credential: 'token', allowLoopback }),
    })

  it.each([
    ['http://169.254.169.254/latest.git', true],
    ['http://[fe80::1]/x.git', true],
    ['http://127.0.0.1:1/x.git', false],
    ['http://localhost:1/x.git', false],
  ])(
    'connects to no address that is not allowed: %s',
    async (url, allowLoopback) =>
      await expect(mirrorOf(url, 'refused.git', allowLoopback).refresh(0)).rejects.toMatchObject({ code: 'kernel.egress.address_refused' }),
  )

  it('takes its credential to no other host', async () => {
    const asked: string[] = []
    const elsewhere = createServer((request, response) => {
      asked.push(request.headers.authorization ?? 'none')
      response.writeHead(404).end()
    })
    const bouncer = createServer((request, response) => {
      const { port } = elsewhere.address() as { port: number }
      response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url ?? ''}` }).end()
    })
    for (const each of [elsewhere, bouncer]) await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
    const { port } = bouncer.address() as { port: number }
    await expect(mirrorOf(`http://127.0.0.1:${port}/x.git`, 'bounced.git').refresh(0)).rejects.toMatchObject({ code: 'delivery.foreign_host.unavailable' })
    expect(asked).toEqual([])
    for (const each of [elsewhere, bouncer]) await new Promise((resolve) => each.close(resolve))
  })

  it('says that a host is away', async () =>
    await expect(mirrorOf('http://127.0.0.1:1/x.git', 'away.git').refresh(0)).rejects.toMatchObject({
      code: 'delivery.foreign_host.unavailable',
      retry: 'backoff',
    }))

  it('can pin names to addresses', async () => {
    const { stdout } = await promisify(execFile)('git', ['--version'])
    const [, major, minor] = /(\d+)\.(\d+)/.exec(stdout) ?? []
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(237)
  })
})
