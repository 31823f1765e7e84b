import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '#kernel/common/clock'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { git } from './git-command.ts'
import { LocalGitHost } from './local-git-host.ts'
import { PullRequestDiscussion } from './pull-request-discussion.ts'
import { tellDue, type PullRequestActivity } from './pull-request-telling.ts'
import type { MergeRequest, PullRequest } from './pull-request.ts'

const ANA = 'user:default/ana'
const BEN = 'user:default/ben'
let database: TestDatabase
let root: string
let journal: MemoryJournal
let host: LocalGitHost
let repository: { owner: string; name: string }
let counter = 0

const open = async (): Promise<LocalGitHost> => await LocalGitHost.open({ db: database.db, journal, clock: systemClock, log: silentLogger, root })
const commit = async (branch: string, files: Record<string, string | null>): Promise<string> => {
  const list = Object.entries(files).map(([file, content]) => ({ path: file, content: content === null ? null : Buffer.from(content) }))
  return (await host.commitFiles({ ...repository, branch, message: branch, author: { name: 'Ana', email: 'a@b' }, files: list, pusher: ANA })).sha
}
const topic = async (files: Record<string, string | null> = { a: '1' }, branch = 'topic'): Promise<PullRequest> => {
  await host.ensureBranch({ ...repository, branch, from: 'main', actor: ANA })
  await commit(branch, files)
  return await host.pullRequests.open({ ...repository, title: 'T', body: '', sourceBranch: branch, targetBranch: 'main', author: ANA })
}
const merge = async (number: number, more: Partial<MergeRequest> = {}, by = host): Promise<PullRequest> =>
  await by.pullRequests.merge({ ...repository, number, actor: BEN, ...more })
const eventsOf = (): string[] =>
  journal.events
    .filter((event) => event.subject.startsWith(`pull-request/${repository.owner}/${repository.name}/`))
    .map((event) => `${event.type.replace('delivery.pull_request.', '')} ${event.subject.split('/').at(-1)} ${event.actor.split('/').at(-1)}`)

beforeAll(async () => {
  database = await createTestDatabase()
  root = await mkdtemp(path.join(tmpdir(), 'pull-requests-'))
  journal = new MemoryJournal()
  host = await open()
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(root, { recursive: true, force: true })
})
beforeEach(async () => {
  counter += 1
  repository = { owner: 'acme', name: `r${counter}` }
  await host.createRepository({ ...repository, createdBy: ANA })
  await commit('main', { 'README.md': '# R\n' })
})

describe('what happens to a pull request', () => {
  it('is told once each, with who did it', async () => {
    const { number } = await topic()
    await commit('topic', { a: '2' })
    await merge(number)
    await merge(number)
    const other = await topic({ b: '1' }, 'other')
    await host.pullRequests.close({ ...repository, number: other.number, actor: BEN })
    await host.pullRequests.close({ ...repository, number: other.number, actor: ANA })
    await host.pullRequests.reopen({ ...repository, number: other.number, actor: BEN })
    await host.deleteBranch({ ...repository, branch: 'other', actor: ANA })
    expect(eventsOf()).toEqual(['opened 1 ana', 'moved 1 ana', 'merged 1 ben', 'opened 2 ana', 'closed 2 ben', 'reopened 2 ben', 'closed 2 ana'])
  })

  it('a merge is one push, by who merged', async () => {
    const { number } = await topic()
    const { mergeSha } = await merge(number, { method: 'squash' })
    const { rows } = await sql`select after, pusher from git_push where repository = ${`acme/${repository.name}`} and ref = 'refs/heads/main'
      order by sequence desc limit 1`.execute(database.db)
    expect(rows).toEqual([{ after: mergeSha, pusher: BEN }])
  })

  it('its commits stay when its branch is deleted', async () => {
    const { number, headSha } = await topic()
    await merge(number, { method: 'squash' })
    await host.deleteBranch({ ...repository, branch: 'topic', actor: ANA })
    await git(host.folders, host.gitDirOf(repository), { args: ['-c', 'gc.pruneExpire=now', '-c', 'gc.reflogExpire=now', 'gc', '--quiet', '--prune=now'] })
    expect((await host.pullRequests.diff({ ...repository, number })).files.map((file) => file.path)).toEqual(['a'])
    expect(await host.resolveRef({ ...repository, ref: headSha })).toBe(headSha)
  })

  it('names the files of a conflict', async () => {
    const { number } = await topic({ 'README.md': '# Mine\n', b: '1' })
    await commit('main', { 'README.md': '# Theirs\n' })
    const refused = merge(number)
    await expect(refused).rejects.toThrow('"README.md"')
    await expect(refused).rejects.toMatchObject({ errors: [{ field: 'README.md' }] })
  })

  it('branches without a common commit are refused', async () => {
    await commit('alien', { a: '1' })
    const asked = { ...repository, title: 'T', body: '', sourceBranch: 'alien', targetBranch: 'main', author: ANA }
    await expect(host.pullRequests.open(asked)).rejects.toMatchObject({ code: 'delivery.pull_request.unrelated' })
  })
})

describe('a crash', () => {
  /** The same repositories and database, as the next process finds them. */
  const restart = async (): Promise<LocalGitHost> => {
    const next = await open()
    await next.recover()
    return next
  }

  it.each(['merge', 'squash'] as const)('between the moved branch and its record: the next start finds the %s, with who did it, once', async (method) => {
    const { number, headSha } = await topic()
    const isBroken = new Error('the process is gone')
    vi.spyOn(host.recorder, 'end').mockRejectedValueOnce(isBroken)
    await expect(merge(number, { method })).rejects.toBe(isBroken)
    expect(await host.pullRequests.find({ ...repository, number })).toMatchObject({ state: 'open' })
    const next = await restart()
    expect(await next.pullRequests.find({ ...repository, number })).toMatchObject({
      state: 'merged',
      headSha,
      mergeSha: await next.resolveRef({ ...repository, ref: 'main' }),
    })
    await merge(number, { method }, next)
    await restart()
    expect(eventsOf()).toEqual(['opened 1 ana', 'merged 1 ben'])
  })

  it('before the branch is moved: nothing is merged, and the next merge does it', async () => {
    const { number } = await topic()
    const isBroken = new Error('the process is gone')
    vi.spyOn(host.recorder, 'begin').mockRejectedValueOnce(isBroken)
    await expect(merge(number)).rejects.toBe(isBroken)
    const next = await restart()
    expect(await next.pullRequests.find({ ...repository, number })).toMatchObject({ state: 'open', isMergeable: true })
    expect(await merge(number, {}, next)).toMatchObject({ state: 'merged' })
    expect(eventsOf()).toEqual(['opened 1 ana', 'merged 1 ben'])
  })

  it('after others pushed on top of a squash that nobody recorded: it still counts', async () => {
    const { number } = await topic()
    vi.spyOn(host.recorder, 'end').mockResolvedValueOnce([])
    const { mergeSha: unrecorded } = await merge(number, { method: 'squash' })
    expect(unrecorded).toBeNull()
    const squashed = await host.resolveRef({ ...repository, ref: 'main' })
    await commit('main', { later: '1' })
    expect(await host.pullRequests.find({ ...repository, number })).toMatchObject({ state: 'merged', mergeSha: squashed })
  })
})

describe('at once', () => {
  it('merges, pushes to either branch and closes leave one truth', async () => {
    const pulls = await Promise.all([1, 2, 3, 4].map(async (index) => await topic({ [`f${index}`]: '1' }, `t${index}`)))
    const second = await open()
    const results = await Promise.allSettled([
      ...pulls.flatMap(({ number }, index) => [merge(number, { method: index % 2 === 0 ? 'squash' : 'merge' }), merge(number, { method: 'squash' }, second)]),
      commit('main', { pushed: '1' }),
      host.pullRequests.close({ ...repository, number: pulls[3]?.number ?? 0, actor: ANA }),
    ])
    const files = new Set((await host.listTree({ ...repository, ref: 'main' })).map((entry) => entry.path))
    expect(files.has('pushed')).toBe(true)
    for (const { number, sourceBranch } of pulls) {
      const found = await host.pullRequests.find({ ...repository, number })
      expect(files.has(sourceBranch.replace('t', 'f'))).toBe(found?.state === 'merged')
    }
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code?: string }).code] : []))
    expect(
      codes.filter((code) => code !== 'delivery.pull_request.closed' && code !== 'delivery.pull_request.merged' && code !== 'delivery.git_host.busy'),
    ).toEqual([])
    const merged = eventsOf().filter((event) => event.startsWith('merged'))
    expect(new Set(merged).size).toBe(merged.length)
  })
})

it('merging loses no line that only one side touched', async () => {
  const base = Array.from({ length: 12 }, (_, index) => `line ${index}`)
  const edits = fc.array(fc.record({ at: fc.nat(11), kind: fc.constantFrom('alter', 'insert', 'remove') }), { maxLength: 3 })
  const edited = (side: string, of: readonly { at: number; kind: string }[]): string[] =>
    base.flatMap((line, at) => {
      const edit = of.find((each) => each.at === at)
      if (!edit) return [line]
      return { alter: [`${side} ${at}`], insert: [line, `${side} ${at}`], remove: [] }[edit.kind] ?? []
    })
  let [round, mergedCount] = [0, 0]
  await fc.assert(
    fc.asyncProperty(edits, edits, async (mine, theirs) => {
      round += 1
      const [file, branch] = [`list-${round}.txt`, `side-${round}`]
      const [ours, others] = [edited('ours', theirs), edited('theirs', mine)]
      await commit('main', { [file]: `${base.join('\n')}\n` })
      const pull = await topic({ [file]: `${others.join('\n')}\n`, [`mark-${round}`]: '' }, branch)
      await commit('main', { [file]: `${ours.join('\n')}\n` })
      const merged = await merge(pull.number).catch(() => undefined)
      if (!merged) return
      mergedCount += 1
      const lines = Buffer.from(await host.readFile({ ...repository, ref: 'main', path: file }))
        .toString()
        .trimEnd()
        .split('\n')
      const expected = [...new Set([...ours, ...others])].filter((line) => !base.includes(line) || (ours.includes(line) && others.includes(line)))
      expect(lines.toSorted()).toEqual(expected.filter((line) => line !== '').toSorted())
    }),
    { numRuns: 15 },
  )
  expect(mergedCount).toBeGreaterThan(3)
})

describe('pipelines', () => {
  const tell = async (handle: (activity: PullRequestActivity) => Promise<void>): Promise<void> =>
    await tellDue({ host, db: database.db, clock: systemClock, log: silentLogger }, handle, new AbortController().signal)
  const heard: PullRequestActivity[] = []
  const listen = async (activity: PullRequestActivity): Promise<void> => {
    if (activity.repository === `acme/${repository.name}`) heard.push(activity)
  }
  beforeEach(async () => {
    await tell(async () => {})
    heard.length = 0
  })

  it('are told of a pull request that is opened, moved and reopened, each once', async () => {
    const base = await host.resolveRef({ ...repository, ref: 'main' })
    const { number, headSha } = await topic()
    await tell(listen)
    await tell(listen)
    expect(heard).toEqual([
      {
        repository: `acme/${repository.name}`,
        number,
        title: 'T',
        activity: 'opened',
        head: { ref: 'refs/heads/topic', sha: headSha },
        base: { ref: 'refs/heads/main', sha: base },
        actor: ANA,
      },
    ])
    const moved = await commit('topic', { a: '2' })
    await tell(listen)
    await host.pullRequests.close({ ...repository, number, actor: ANA })
    await tell(listen)
    await host.pullRequests.reopen({ ...repository, number, actor: BEN })
    await tell(listen)
    expect(heard.slice(1).map((activity) => [activity.activity, activity.head.sha, activity.actor])).toEqual([
      ['synchronize', moved, ANA],
      ['reopened', moved, BEN],
    ])
  })

  it('are told of the newest head when it moved while they were told', async () => {
    await topic()
    let moved = ''
    await tell(async (activity) => {
      await listen(activity)
      if (heard.length === 1) moved = await commit('topic', { a: '3' })
    })
    expect(heard.map((activity) => activity.activity)).toEqual(['opened', 'synchronize'])
    expect(heard[1]?.head.sha).toBe(moved)
  })

  it('are told again after a failure', async () => {
    await topic()
    await tell(async () => await Promise.reject(new Error('busy')))
    expect(heard).toEqual([])
    await sql`update git_pull_request set tell_at = now() - interval '1 minute' where untold is not null`.execute(database.db)
    await tell(listen)
    expect(heard.map((activity) => activity.activity)).toEqual(['opened'])
  })
})

it('comments and reviews are kept in order; nobody reviews their own', async () => {
  const { number, headSha } = await topic()
  const discussion = new PullRequestDiscussion({ db: database.db, journal, clock: systemClock, pullRequests: host.pullRequests })
  await discussion.add({ ...repository, number, author: ANA, body: 'Look **here**' })
  await discussion.add({ ...repository, number, author: BEN, body: '', verdict: 'approved' })
  await expect(discussion.add({ ...repository, number, author: ANA, body: '', verdict: 'approved' })).rejects.toMatchObject({
    code: 'delivery.pull_request.own_review',
  })
  expect((await discussion.list({ ...repository, number })).map(({ author, body, verdict, headSha: seen }) => [author, body, verdict, seen])).toEqual([
    [ANA, 'Look **here**', null, headSha],
    [BEN, '', 'approved', headSha],
  ])
  expect(eventsOf()).toEqual(['opened 1 ana', 'commented 1 ana', 'reviewed 1 ben'])
})
