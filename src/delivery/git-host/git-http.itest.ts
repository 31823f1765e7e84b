import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, serveHttp, type Caller, type RunningServer } from '#kernel/node/http'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { runProcess } from '#kernel/node/process'
import { createGitHost } from './create-git-host.ts'
import type { LocalGitHost } from './local-git-host.ts'

let database: TestDatabase
let host: LocalGitHost
let server: RunningServer
let root: string
let counter = 0

const caller = (principal: string, scopes: string[]): Caller => ({
  principal,
  kind: 'person',
  displayName: principal,
  groups: [],
  scopes,
  isAdministrator: false,
  via: 'token',
})
const tokens: Record<string, Caller> = {
  ana: caller('user:default/ana', ['repository:read', 'repository:write']),
  ben: caller('user:default/ben', ['repository:read', 'repository:write']),
  reader: caller('user:default/reader', ['repository:read']),
}

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'git-http-'))
  const authorize = async (who: Caller, permission: string): Promise<{ isAllowed: boolean; reason: string }> => ({
    isAllowed: who.scopes.includes(permission),
    reason: 'this token is for reading only',
  })
  const created = await createGitHost({
    db: database.db,
    journal: new MemoryJournal(),
    clock: systemClock,
    log: silentLogger,
    root: path.join(root, 'host'),
    authorize,
  })
  host = created.host
  const authenticate = async (request: Request): Promise<Caller | undefined> => {
    const header = request.headers.get('authorization') ?? ''
    const password = Buffer.from(header.replace(/^Basic /, ''), 'base64')
      .toString()
      .split(':')[1]
    return password === undefined ? undefined : tokens[password]
  }
  server = await serveHttp({
    host: '127.0.0.1',
    port: 0,
    setting: 'FAIRWAY_PORT',
    fetch: createRouter(created.routes, { authenticate, authorize, log: silentLogger }),
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})

const urlOf = (repository: string, token: string): string => `http://x:${token}@127.0.0.1:${server.port}/git/${repository}`

async function newRepository(): Promise<string> {
  counter += 1
  await host.createRepository({ owner: 'acme', name: `app-${counter}`, createdBy: 'user:default/ana' })
  return `acme/app-${counter}`
}

/** A Git client as a developer has it. */
async function client(cwd: string, ...args: string[]): Promise<{ code: number | null; out: string }> {
  const env = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  }
  const result = await runProcess({ command: 'git', args, cwd, env, timeoutMs: 120_000 })
  return { code: result.exitCode, out: `${result.stdout.toString()}${result.stderr.toString()}` }
}

async function done(cwd: string, ...args: string[]): Promise<string> {
  const { code, out } = await client(cwd, ...args)
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${out}`)
  return out.trim()
}

async function clone(repository: string, token = 'ana', ...options: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(root, 'clone-'))
  await done(root, 'clone', ...options, urlOf(`${repository}.git`, token), folder)
  return folder
}

async function commitFile(folder: string, file: string, content: string | Buffer): Promise<string> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
  await writeFile(path.join(folder, file), content)
  await done(folder, 'add', '-A')
  await done(folder, 'commit', '-q', '-m', `Write ${file}`)
  return await done(folder, 'rev-parse', 'HEAD')
}

async function pushesOf(repository: string): Promise<{ ref: string; after: string; pusher: string }[]> {
  return (
    await sql<{
      ref: string
      after: string
      pusher: string
    }>`select ref, after, pusher from git_push where repository = ${repository} order by sequence`.execute(database.db)
  ).rows
}

/** Git processes of the host that work on this repository: the environment of a CGI names it. */
async function processesOn(repository: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
  return environments.filter((text) => text.includes(`PATH_INFO=/${repository}.git/`) && text.includes(root)).length
}

describe('plain git', () => {
  it('clones, pushes and pulls, and each push is recorded before the client is told', async () => {
    const repository = await newRepository()
    const [ana, ben] = [await clone(repository), await clone(repository, 'ben')]
    const sha = await commitFile(ana, 'src/a.txt', 'hello')
    await done(ana, 'push', 'origin', 'HEAD:main')
    expect(await pushesOf(repository)).toEqual([{ ref: 'refs/heads/main', after: sha, pusher: 'user:default/ana' }])
    await done(ben, 'pull', 'origin', 'main')
    expect(await readFile(path.join(ben, 'src/a.txt'), 'utf8')).toBe('hello')
    await done(ana, 'tag', '-a', 'v1', '-m', 'One')
    await done(ana, 'push', 'origin', 'v1')
    expect(await host.resolveRef({ owner: 'acme', name: repository.slice(5), ref: 'v1' })).toBe(sha)
    expect((await pushesOf(repository)).map((push) => push.ref)).toEqual(['refs/heads/main', 'refs/tags/v1'])
  })

  it('speaks protocol version 2, and works without the .git suffix', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    await commitFile(folder, 'a', '1')
    await done(folder, 'push', 'origin', 'HEAD:main')
    const listed = await runProcess({
      command: 'git',
      args: ['-c', 'protocol.version=2', 'ls-remote', urlOf(repository, 'reader')],
      env: { GIT_TRACE_PACKET: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    })
    expect(listed.stderr.toString()).toContain('version 2')
    expect(listed.stdout.toString()).toContain('refs/heads/main')
  })

  it('clones shallowly and by part', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    for (const content of ['1', '2', '3']) await commitFile(folder, 'a', content)
    await done(folder, 'push', 'origin', 'HEAD:main')
    const shallow = await clone(repository, 'reader', '--depth', '1')
    expect(await done(shallow, 'rev-list', '--count', 'HEAD')).toBe('1')
    const partial = await clone(repository, 'reader', '--filter=blob:none')
    expect(await readFile(path.join(partial, 'a'), 'utf8')).toBe('3')
  })

  it('takes a file of 50 MB that can not be compressed, and gives it back', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    const content = randomBytes(50 * 1024 * 1024)
    await commitFile(folder, 'big.bin', content)
    await done(folder, 'push', 'origin', 'HEAD:main')
    const again = await clone(repository, 'reader')
    expect(Buffer.compare(await readFile(path.join(again, 'big.bin')), content)).toBe(0)
  })

  it('takes pushes of many at once', async () => {
    const repository = await newRepository()
    const first = await clone(repository)
    await commitFile(first, 'base', '0')
    await done(first, 'push', 'origin', 'HEAD:main')
    const folders = await Promise.all(Array.from({ length: 4 }, () => clone(repository)))
    await Promise.all(
      folders.map(async (folder, index) => {
        await commitFile(folder, `f${index}`, String(index))
        await done(folder, 'push', 'origin', `HEAD:branch-${index}`)
      }),
    )
    const refs = (await pushesOf(repository)).map((push) => push.ref).sort()
    expect(refs).toEqual(['refs/heads/branch-0', 'refs/heads/branch-1', 'refs/heads/branch-2', 'refs/heads/branch-3', 'refs/heads/main'])
  })

  it('lets one of two pushes to the same branch win, and tells the other to pull', async () => {
    const repository = await newRepository()
    const [ana, ben] = [await clone(repository), await clone(repository, 'ben')]
    await commitFile(ana, 'a', 'ana')
    await commitFile(ben, 'a', 'ben')
    await done(ana, 'push', 'origin', 'HEAD:main')
    const refused = await client(ben, 'push', 'origin', 'HEAD:main')
    expect(refused.code).not.toBe(0)
    expect(refused.out).toMatch(/fetch first|non-fast-forward/)
    expect(await pushesOf(repository)).toHaveLength(1)
  })
})

describe('the connection', () => {
  const basic = { authorization: `Basic ${Buffer.from('x:ana').toString('base64')}` }

  it('takes a body that the client packed with gzip', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    const sha = await commitFile(folder, 'a', '1')
    await done(folder, 'push', 'origin', 'HEAD:main')
    const body = gzipSync('0014command=ls-refs\n0000')
    const headers = { ...basic, 'content-type': 'application/x-git-upload-pack-request', 'content-encoding': 'gzip', 'git-protocol': 'version=2' }
    const response = await fetch(`http://127.0.0.1:${server.port}/git/${repository}.git/git-upload-pack`, { method: 'POST', headers, body })
    expect(await response.text()).toContain(`${sha} refs/heads/main`)
  })

  it('that breaks in the middle of a push moves nothing and leaves no process and no open write', async () => {
    const repository = await newRepository()
    const command = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\0 report-status`
    const head = Buffer.from(`${(command.length + 4).toString(16).padStart(4, '0')}${command}0000PACK\0\0\0\u0002\0\0\0\u0001`)
    const request = httpRequest({
      port: server.port,
      method: 'POST',
      path: `/git/${repository}.git/git-receive-pack`,
      headers: { ...basic, 'content-type': 'application/x-git-receive-pack-request' },
    })
    request.on('error', () => {})
    request.write(head)
    const openWrites = async (): Promise<number> =>
      (
        await sql<{
          count: number
        }>`select count(*)::int as count from git_write w join git_repository r on r.id = w.repository_id where r.owner || '/' || r.name = ${repository}`.execute(
          database.db,
        )
      ).rows[0]?.count ?? -1
    await expect.poll(openWrites, { timeout: 10_000 }).toBe(1)
    await expect.poll(() => processesOn(repository), { timeout: 10_000 }).not.toBe(0)
    request.destroy()
    await expect.poll(openWrites, { timeout: 10_000 }).toBe(0)
    await expect.poll(() => processesOn(repository), { timeout: 10_000 }).toBe(0)
    expect(await pushesOf(repository)).toEqual([])
  })

  it('that breaks in the middle of a clone leaves no process', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    await commitFile(folder, 'big.bin', randomBytes(20 * 1024 * 1024))
    const sha = await done(folder, 'rev-parse', 'HEAD')
    await done(folder, 'push', 'origin', 'HEAD:main')
    const abort = new AbortController()
    const response = await fetch(`http://127.0.0.1:${server.port}/git/${repository}.git/git-upload-pack`, {
      method: 'POST',
      headers: { ...basic, 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' },
      body: `0011command=fetch0001000fno-progress0032want ${sha}\n0009done\n0000`,
      signal: abort.signal,
    })
    expect(await processesOn(repository)).toBeGreaterThan(0)
    const first = await response.body?.getReader().read()
    expect(first?.value?.byteLength).toBeGreaterThan(0)
    abort.abort()
    await expect.poll(() => processesOn(repository), { timeout: 10_000 }).toBe(0)
  })
})

describe('the default branch', () => {
  it('is never rewritten nor deleted, and the client reads why', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    const first = await commitFile(folder, 'a', '1')
    await done(folder, 'push', 'origin', 'HEAD:main')
    await done(folder, 'commit', '--amend', '-q', '-m', 'Rewritten')
    const forced = await client(folder, 'push', '--force', 'origin', 'HEAD:main')
    expect(forced.code).not.toBe(0)
    expect(forced.out).toContain('main is the default branch and is protected: no force push')
    const deleted = await client(folder, 'push', 'origin', ':main')
    expect(deleted.code).not.toBe(0)
    expect(deleted.out).toContain('can not be deleted')
    expect((await pushesOf(repository)).map((push) => push.after)).toEqual([first])
  })

  it('does not stand in the way of other branches', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    await commitFile(folder, 'a', '1')
    await done(folder, 'push', 'origin', 'HEAD:main', 'HEAD:topic')
    await done(folder, 'commit', '--amend', '-q', '-m', 'Rewritten')
    await done(folder, 'push', '--force', 'origin', 'HEAD:topic')
    await done(folder, 'push', 'origin', ':topic')
    const topic = (await pushesOf(repository)).filter((push) => push.ref === 'refs/heads/topic')
    expect(topic).toHaveLength(3)
    expect(topic[2]?.after).toBe('0'.repeat(40))
  })

  it('can be neither shadowed nor hidden by refs outside branches and tags', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    await commitFile(folder, 'a', '1')
    const refused = await client(folder, 'push', 'origin', 'HEAD:refs/replace/0123456789012345678901234567890123456789')
    expect(refused.out).toContain('only branches and tags are kept here')
    expect((await client(folder, 'push', 'origin', 'HEAD:refs/fairway/scratch/x')).code).not.toBe(0)
    expect(await pushesOf(repository)).toEqual([])
  })
})

describe('the door', () => {
  it('asks an unknown client to sign in', async () => {
    const repository = await newRepository()
    const response = await fetch(`http://127.0.0.1:${server.port}/git/${repository}.git/info/refs?service=git-upload-pack`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="fairway"')
    const refused = await client(root, 'ls-remote', urlOf(repository, 'wrong'))
    expect(refused.out).toMatch(/Authentication failed|could not read Username/)
  })

  it('lets a reading token read, and tells it why it may not push', async () => {
    const repository = await newRepository()
    const folder = await clone(repository, 'reader')
    await commitFile(folder, 'a', '1')
    const refused = await client(folder, 'push', 'origin', 'HEAD:main')
    expect(refused.code).not.toBe(0)
    expect(refused.out).toContain('403')
    expect(refused.out).toContain('this token is for reading only')
    const direct = await fetch(`http://127.0.0.1:${server.port}/git/${repository}.git/git-receive-pack`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('x:reader').toString('base64')}` },
      body: '0000',
    })
    expect(direct.status).toBe(403)
  })

  it.each([
    ['/git/acme/app.git/HEAD', 404],
    ['/git/acme/app.git/objects/info/packs', 404],
    ['/git/acme/app.git/info/refs', 400],
    ['/git/acme/app.git/info/refs?service=git-shell', 400],
    ['/git/acme/nope.git/info/refs?service=git-upload-pack', 404],
    ['/git/acme/..%2f..%2fetc/info/refs?service=git-upload-pack', 400],
    ['/git/..%2f/x/info/refs?service=git-upload-pack', 400],
    ['/git/.hooks/update/info/refs?service=git-upload-pack', 400],
  ])('answers %s with %i', async (address, status) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${address}`, {
      headers: { authorization: `Basic ${Buffer.from('x:ana').toString('base64')}` },
    })
    expect(response.status).toBe(status)
  })

  it('refuses objects that are built to harm a checkout', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    await done(folder, 'commit', '-q', '--allow-empty', '-m', 'x')
    const blob = await done(folder, 'hash-object', '-w', '-t', 'blob', '.git/HEAD')
    const tree = await runProcess({
      command: 'git',
      args: ['hash-object', '-w', '-t', 'tree', '--stdin', '--literally'],
      cwd: folder,
      input: Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]),
    })
    const evil = await done(folder, 'commit-tree', tree.stdout.toString().trim(), '-m', 'evil')
    const refused = await client(folder, 'push', 'origin', `${evil}:refs/heads/main`)
    expect(refused.code).not.toBe(0)
    expect(await pushesOf(repository)).toEqual([])
  })

  it('runs nothing that a repository brings along', async () => {
    const repository = await newRepository()
    const folder = await clone(repository)
    const canary = path.join(root, `canary-${counter}`)
    await mkdir(path.join(folder, 'hooks'))
    await writeFile(path.join(folder, 'hooks', 'post-receive'), `#!/bin/sh\ntouch ${canary}\n`)
    await chmod(path.join(folder, 'hooks', 'post-receive'), 0o755)
    await writeFile(path.join(folder, '.gitattributes'), '* filter=evil export-subst diff=evil\n')
    await symlink('/etc/passwd', path.join(folder, 'link'))
    await done(folder, 'add', '-A')
    await done(folder, 'commit', '-q', '-m', 'evil')
    await done(folder, 'push', 'origin', 'HEAD:main')
    const out = await mkdtemp(path.join(root, 'out-'))
    await host.checkout({ owner: 'acme', name: repository.slice(5), ref: 'main', folder: out })
    await expect(stat(canary)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(Buffer.from(await host.readFile({ owner: 'acme', name: repository.slice(5), ref: 'main', path: 'link' })).toString()).toBe('/etc/passwd')
  })
})

describe('/api/v1/repositories', () => {
  const api = async (address: string, init: RequestInit = {}): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/repositories${address}`, {
      ...init,
      headers: { authorization: `Basic ${Buffer.from('x:ana').toString('base64')}`, 'content-type': 'application/json' },
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('creates, lists, shows commits, tree and files', async () => {
    const created = await api('', { method: 'POST', body: JSON.stringify({ owner: 'acme', name: 'by-api', description: 'x' }) })
    expect(created).toMatchObject({ status: 201, body: { owner: 'acme', name: 'by-api', cloneUrl: `http://127.0.0.1:${server.port}/git/acme/by-api.git` } })
    expect((await api('/acme/by-api/commits')).body).toEqual({ items: [], nextCursor: null })
    await host.commitFiles({
      owner: 'acme',
      name: 'by-api',
      branch: 'main',
      message: 'First',
      author: { name: 'Ana', email: 'a@b.c' },
      files: [
        { path: 'README.md', content: Buffer.from('# Hi') },
        { path: 'x.bin', content: Buffer.from([0, 1, 2]) },
      ],
      pusher: 'user:default/ana',
    })
    expect((await api('/acme/by-api/commits?limit=1')).body).toMatchObject({ items: [{ message: 'First', author: { name: 'Ana' } }] })
    expect((await api('/acme/by-api/tree')).body).toMatchObject({ items: [{ path: 'README.md', type: 'file', sizeBytes: 4 }, { path: 'x.bin' }] })
    expect((await api('/acme/by-api/file?path=README.md')).body).toMatchObject({ content: '# Hi', encoding: 'utf-8', sizeBytes: 4 })
    expect((await api('/acme/by-api/file?path=x.bin')).body).toMatchObject({ content: 'AAEC', encoding: 'base64' })
    expect(await api('/acme/by-api/file?path=../x')).toMatchObject({ status: 400, body: { code: 'delivery.git_host.bad_name' } })
    expect(await api('', { method: 'POST', body: JSON.stringify({ owner: 'acme', name: 'by-api' }) })).toMatchObject({ status: 409 })
  })
})
