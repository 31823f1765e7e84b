import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { git } from './git-command.ts'
import { gitHostContract } from './git-host-contract.ts'
import type { Push } from './git-host.ts'
import { pullRequestContract } from './pull-request-contract.ts'
import { LocalGitHost, type LocalGitHostDeps } from './local-git-host.ts'
import type { PushSubscriber } from './push-delivery.ts'
import { startGitHost } from './start-git-host.ts'

let database: TestDatabase
let deps: LocalGitHostDeps & { journal: MemoryJournal }
let host: LocalGitHost
beforeAll(async () => {
  database = await createTestDatabase()
  const root = await mkdtemp(path.join(tmpdir(), 'git-host-'))
  deps = { db: database.db, journal: new MemoryJournal(), clock: systemClock, log: silentLogger, root }
  host = await LocalGitHost.open(deps)
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(deps.root, { recursive: true, force: true })
})

async function pushesOf(repository: string): Promise<Push[]> {
  const { rows } = await sql<Push>`select id, repository, ref, before, after, pusher from git_push where repository = ${repository} order by sequence`.execute(
    database.db,
  )
  return rows
}

gitHostContract('local', async () => ({ host, pushes: pushesOf }))
pullRequestContract('local', async () => ({ host }))

let counter = 0
async function newRepository(): Promise<{ owner: string; name: string; full: string }> {
  counter += 1
  const repository = { owner: 'local', name: `r${counter}` }
  await host.createRepository({ ...repository, createdBy: 'user:default/ana' })
  return { ...repository, full: `${repository.owner}/${repository.name}` }
}

async function commit(repository: { owner: string; name: string }, content: string): Promise<string> {
  const author = { name: 'Ana', email: 'ana@example.com' }
  const files = [{ path: 'a', content: Buffer.from(content) }]
  return (
    await host.commitFiles({ owner: repository.owner, name: repository.name, branch: 'main', message: content, author, files, pusher: 'user:default/ana' })
  ).sha
}

/** What a push does to the disk when the platform dies before it records anything. */
async function moveRefBehindOurBack(repository: { owner: string; name: string }, ref: string, sha: string): Promise<void> {
  await git(host.folders, host.gitDirOf(repository), { args: ['update-ref', ref, sha] })
}

describe('pushes', () => {
  it('are found again after a crash between the ref and the record, with the pusher, once', async () => {
    const repository = await newRepository()
    const first = await commit(repository, '1')
    const found = await host.getRepository(repository.owner, repository.name)
    await host.recorder.begin(found, 'user:default/ben', [{ ref: 'refs/heads/x', before: '0'.repeat(40), after: first }])
    await moveRefBehindOurBack(repository, 'refs/heads/x', first)

    const restarted = await LocalGitHost.open(deps)
    await restarted.recover()
    await restarted.recover()
    const pushes = await pushesOf(repository.full)
    expect(pushes.map((push) => [push.ref, push.pusher])).toEqual([
      ['refs/heads/main', 'user:default/ana'],
      ['refs/heads/x', 'user:default/ben'],
    ])
    expect(deps.journal.events.filter((event) => event.type === 'delivery.push.received' && event.subject === `repository/${repository.full}`)).toHaveLength(2)
  })

  it('are found when git packed the refs meanwhile', async () => {
    const repository = await newRepository()
    const sha = await commit(repository, '1')
    await moveRefBehindOurBack(repository, 'refs/tags/v1', sha)
    await git(host.folders, host.gitDirOf(repository), { args: ['pack-refs', '--all', '--prune'] })
    await host.recover()
    expect((await pushesOf(repository.full)).map((push) => push.ref)).toEqual(['refs/heads/main', 'refs/tags/v1'])
  })

  it('are recorded once when many look at the same moment', async () => {
    const repository = await newRepository()
    const sha = await commit(repository, '1')
    await moveRefBehindOurBack(repository, 'refs/heads/y', sha)
    const found = await host.getRepository(repository.owner, repository.name)
    await Promise.all(Array.from({ length: 6 }, () => host.recorder.record(found)))
    expect(await pushesOf(repository.full)).toHaveLength(2)
  })

  it('are not recorded when their event is not: both or neither', async () => {
    const repository = await newRepository()
    const sha = await commit(repository, '1')
    await moveRefBehindOurBack(repository, 'refs/heads/z', sha)
    const failing = await LocalGitHost.open({ ...deps, journal: { append: async () => await Promise.reject(new Error('no journal')) } })
    const found = await host.getRepository(repository.owner, repository.name)
    await expect(failing.recorder.record(found)).rejects.toThrow('no journal')
    expect(await pushesOf(repository.full)).toHaveLength(1)
    await host.recorder.record(found)
    expect(await pushesOf(repository.full)).toHaveLength(2)
  })
})

describe('startGitHost', () => {
  it('tells each subscriber of each push in order, tries again what fails, and holds back only that repository', async () => {
    const [good, bad] = [await newRepository(), await newRepository()]
    const told: string[] = []
    let failures = 2
    const subscriber: PushSubscriber = {
      name: 'pipeline-test',
      handle: async (push) => {
        if (push.repository === bad.full && failures-- > 0) throw new Error('the runner is away')
        told.push(`${push.repository} ${push.after}`)
      },
    }
    await using running = await startGitHost({ host, db: database.db, clock: systemClock, log: silentLogger, subscribers: [subscriber] })
    expect(running).toBeDefined()
    const bad1 = await commit(bad, '1')
    const bad2 = await commit(bad, '2')
    const good1 = await commit(good, '1')
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(3)
    expect(told[0]).toBe(`${good.full} ${good1}`)
    expect(told.slice(1)).toEqual([`${bad.full} ${bad1}`, `${bad.full} ${bad2}`])
  })

  it('delivers after a restart what was recorded before it, and nothing twice', async () => {
    const repository = await newRepository()
    const told: string[] = []
    const subscriber: PushSubscriber = { name: 'restart-test', handle: async (push) => void (push.repository === repository.full && told.push(push.after)) }
    const options = { host, db: database.db, clock: systemClock, log: silentLogger, subscribers: [subscriber] }
    await (await startGitHost(options))[Symbol.asyncDispose]()
    const sha = await commit(repository, '1')
    const again = await startGitHost(options)
    await expect.poll(() => told).toEqual([sha])
    await again[Symbol.asyncDispose]()
    await using third = await startGitHost(options)
    expect(third).toBeDefined()
    const second = await commit(repository, '2')
    await expect.poll(() => told).toEqual([sha, second])
  })
})

it('a folder that a crash left without its row gives way to a new repository', async () => {
  const folder = host.gitDirOf({ owner: 'local', name: 'orphan' })
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'config'), '[core]\n\tfsmonitor = touch /tmp/never\n')
  await host.createRepository({ owner: 'local', name: 'orphan', createdBy: 'user:default/ana' })
  const sha = await commit({ owner: 'local', name: 'orphan' }, '1')
  expect(await host.resolveRef({ owner: 'local', name: 'orphan', ref: 'main' })).toBe(sha)
})
