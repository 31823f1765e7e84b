import { beforeEach, describe, expect, it } from 'vitest'
import type { GitHost, RepositoryRef } from './git-host.ts'
import type { MergeRequest, NewPullRequest, PullRequest, PullRequests } from './pull-request.ts'

/** A host under test. `owner` is where it may make repositories (default `acme`). */
export interface PullRequestsUnderTest {
  host: GitHost
  owner?: string
}

const ANA = 'user:default/ana'
const BEN = 'user:default/ben'
const TEN_LINES = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`)
const withLine = (number: number, text: string): string => TEN_LINES.with(number - 1, `${text}\n`).join('')
const run = Date.now().toString(36)
let counter = 0

/** Promises that not every foreign host can keep. Named with the reason, they are left out, and the run says so. */
export type PullRequestPromise = 'squashIsOneCommit' | 'seesMergeByPush'

/** The promises of `PullRequests`, and of `GitHost` about branches, a test each. */
export function pullRequestContract(name: string, make: () => Promise<PullRequestsUnderTest>, leftOut: Partial<Record<PullRequestPromise, string>> = {}): void {
  describe(`PullRequests contract: ${name}`, () => {
    const promise = (key: PullRequestPromise, title: string, work: () => Promise<void>): void => {
      const reason = leftOut[key]
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are given
      it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (left out: ${reason})`, work)
    }
    let host: GitHost
    let pulls: PullRequests
    let repository: RepositoryRef

    const commit = async (branch: string, files: Record<string, string | null>): Promise<string> => {
      const list = Object.entries(files).map(([path, content]) => ({ path, content: content === null ? null : Buffer.from(content) }))
      const author = { name: 'Ana', email: 'ana@example.com' }
      return (await host.commitFiles({ ...repository, branch, message: `Change ${branch}`, author, files: list, pusher: ANA })).sha
    }
    const branchOff = async (branch: string, files: Record<string, string | null>): Promise<string> => {
      await host.ensureBranch({ ...repository, branch, from: 'main', actor: ANA })
      return await commit(branch, files)
    }
    const open = async (more: Partial<NewPullRequest> = {}): Promise<PullRequest> =>
      await pulls.open({ ...repository, title: 'Update', body: 'Why.', sourceBranch: 'topic', targetBranch: 'main', author: ANA, ...more })
    const merge = async (number: number, more: Partial<MergeRequest> = {}): Promise<PullRequest> =>
      await pulls.merge({ ...repository, number, actor: BEN, ...more })
    const read = async (path: string, ref = 'main'): Promise<string> => Buffer.from(await host.readFile({ ...repository, ref, path })).toString()
    const headOf = async (branch: string): Promise<string | undefined> => await host.resolveRef({ ...repository, ref: `refs/heads/${branch}` })

    beforeEach(async () => {
      const made = await make()
      host = made.host
      pulls = host.pullRequests
      counter += 1
      repository = { owner: made.owner ?? 'acme', name: `pull-${run}-${counter}` }
      await host.createRepository({ ...repository, createdBy: ANA })
      await commit('main', { 'list.txt': TEN_LINES.join(''), 'README.md': '# Orders\n' })
    })

    describe('branches', () => {
      it('are made at a commit, and left where they are by a second call', async () => {
        const base = await headOf('main')
        expect(await host.ensureBranch({ ...repository, branch: 'topic', from: 'main', actor: ANA })).toEqual({ sha: base })
        const moved = await commit('topic', { a: '1' })
        expect(await host.ensureBranch({ ...repository, branch: 'topic', from: 'main', actor: ANA })).toEqual({ sha: moved })
        await expect(host.ensureBranch({ ...repository, branch: 'other', from: 'nope', actor: ANA })).rejects.toMatchObject({
          code: 'delivery.git_host.ref_not_found',
        })
        await expect(host.ensureBranch({ ...repository, branch: '../x', from: 'main', actor: ANA })).rejects.toMatchObject({
          code: 'delivery.git_host.bad_name',
        })
      })

      it('are listed by name, in pages, by prefix', async () => {
        for (const branch of ['b/2', 'b/1', 'a']) await host.ensureBranch({ ...repository, branch, from: 'main', actor: ANA })
        const first = await host.listBranches({ ...repository, limit: 3 })
        const second = await host.listBranches({ ...repository, limit: 3, cursor: first.nextCursor ?? undefined })
        expect([...first.items, ...second.items].map((item) => item.name)).toEqual(['a', 'b/1', 'b/2', 'main'])
        expect(second.nextCursor).toBeNull()
        expect((await host.listBranches({ ...repository, prefix: 'b/' })).items.map((item) => item.name)).toEqual(['b/1', 'b/2'])
        expect(first.items[0]?.sha).toBe(await headOf('main'))
      })

      it('are deleted once, and not from under somebody', async () => {
        const sha = await branchOff('topic', { a: '1' })
        const asked = { ...repository, branch: 'topic', actor: ANA }
        await expect(host.deleteBranch({ ...asked, expectedSha: 'f'.repeat(40) })).rejects.toMatchObject({ code: 'delivery.git_host.stale_parent' })
        await host.deleteBranch({ ...asked, expectedSha: sha })
        await host.deleteBranch(asked)
        expect(await headOf('topic')).toBeUndefined()
        await expect(host.deleteBranch({ ...asked, branch: 'main' })).rejects.toMatchObject({ code: 'delivery.git_host.default_branch' })
      })
    })

    it('opens one, and tells it as it was asked for', async () => {
      const head = await branchOff('topic', { 'list.txt': withLine(1, 'ONE') })
      const opened = await open({ labels: ['campaign', 'chore'] })
      expect(opened).toMatchObject({ title: 'Update', body: 'Why.', sourceBranch: 'topic', targetBranch: 'main', state: 'open', headSha: head, mergeSha: null })
      expect([...opened.labels].sort()).toEqual(['campaign', 'chore'])
      expect(opened.number).toBeGreaterThan(0)
      expect(opened.url).toMatch(/^(https?:)?\//)
      const found = await pulls.find({ ...repository, number: opened.number })
      expect(found).toMatchObject({ number: opened.number, headSha: head, isMergeable: true })
      expect(await pulls.find({ ...repository, number: opened.number + 1_000 })).toBeUndefined()
    })

    it('has one open for two branches, however often it is asked for', async () => {
      await branchOff('topic', { a: '1' })
      const opened = await Promise.all(Array.from({ length: 4 }, () => open()))
      expect(new Set(opened.map((pull) => pull.number)).size).toBe(1)
      const again = await open({ title: 'Better', body: 'Because.', labels: ['x'] })
      expect(again).toMatchObject({ number: opened[0]?.number, title: 'Better', body: 'Because.', labels: ['x'] })
      await pulls.close({ ...repository, number: again.number, actor: ANA })
      expect((await open()).number).toBeGreaterThan(again.number)
    })

    it('opens none where nothing is to be merged, or a branch is not there', async () => {
      await host.ensureBranch({ ...repository, branch: 'topic', from: 'main', actor: ANA })
      await expect(open()).rejects.toMatchObject({ code: 'delivery.pull_request.nothing_to_merge' })
      await expect(open({ sourceBranch: 'main' })).rejects.toMatchObject({ code: 'delivery.pull_request.nothing_to_merge' })
      await expect(open({ sourceBranch: 'nope' })).rejects.toMatchObject({ code: 'delivery.git_host.ref_not_found' })
      await commit('topic', { a: '1' })
      await expect(open({ targetBranch: 'nope' })).rejects.toMatchObject({ code: 'delivery.git_host.ref_not_found' })
    })

    it('says what is not there', async () => {
      const absent = { owner: repository.owner, name: 'never-made', number: 1 }
      await expect(pulls.list(absent)).rejects.toMatchObject({ code: 'delivery.git_host.not_found' })
      await expect(pulls.merge({ ...absent, actor: ANA })).rejects.toMatchObject({ code: 'delivery.git_host.not_found' })
      await expect(merge(4_711)).rejects.toMatchObject({ code: 'delivery.pull_request.not_found' })
      await expect(pulls.close({ ...repository, number: 4_711, actor: ANA })).rejects.toMatchObject({ code: 'delivery.pull_request.not_found' })
      await expect(pulls.diff({ ...repository, number: 4_711 })).rejects.toMatchObject({ code: 'delivery.pull_request.not_found' })
    })

    it('follows its branch', async () => {
      await branchOff('topic', { a: '1' })
      const { number } = await open()
      const moved = await commit('topic', { a: '2' })
      expect(await pulls.find({ ...repository, number })).toMatchObject({ headSha: moved, state: 'open' })
    })

    it('lists the newest first, in pages, by state and branch', async () => {
      const numbers: number[] = []
      for (const branch of ['t1', 't2', 't3']) {
        await branchOff(branch, { [branch]: '1' })
        numbers.push((await open({ sourceBranch: branch })).number)
      }
      await pulls.close({ ...repository, number: numbers[1] ?? 0, actor: ANA })
      const first = await pulls.list({ ...repository, limit: 2 })
      expect(first.nextCursor).not.toBeNull()
      const second = await pulls.list({ ...repository, limit: 2, cursor: first.nextCursor ?? '' })
      expect([...first.items, ...second.items].map((pull) => pull.number)).toEqual(numbers.toReversed())
      expect(second.nextCursor).toBeNull()
      expect((await pulls.list({ ...repository, state: 'open' })).items.map((pull) => pull.sourceBranch)).toEqual(['t3', 't1'])
      expect((await pulls.list({ ...repository, state: 'closed' })).items.map((pull) => pull.sourceBranch)).toEqual(['t2'])
      expect((await pulls.list({ ...repository, sourceBranch: 't1' })).items.map((pull) => pull.number)).toEqual([numbers[0]])
    })

    it('merges what both sides did, behind a merge commit', async () => {
      const head = await branchOff('topic', { 'list.txt': withLine(1, 'ONE'), added: 'new\n', 'README.md': null })
      const base = await commit('main', { 'list.txt': withLine(10, 'TEN') })
      const { number } = await open()
      const merged = await merge(number, { message: 'Merge it' })
      expect(merged).toMatchObject({ state: 'merged', headSha: head, mergeSha: await headOf('main') })
      expect(await read('list.txt')).toBe(withLine(1, 'ONE').replace('line 10\n', 'TEN\n'))
      expect(await read('added')).toBe('new\n')
      await expect(read('README.md')).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
      const [commitOfMerge] = await host.log({ ...repository, ref: 'main', limit: 1 })
      expect(commitOfMerge).toMatchObject({ message: 'Merge it', parents: [base, head] })
      expect(await headOf('topic')).toBe(head)
    })

    promise('squashIsOneCommit', 'squashes to one commit that names the pull request', async () => {
      await branchOff('topic', { a: '1' })
      await commit('topic', { b: '1' })
      const base = await commit('main', { c: '1' })
      const { number } = await open({ title: 'Two at once' })
      const merged = await merge(number, { method: 'squash' })
      const [squashed, before] = await host.log({ ...repository, ref: 'main', limit: 2 })
      expect(squashed).toMatchObject({ sha: merged.mergeSha, parents: [base] })
      expect(squashed?.message).toContain('Two at once')
      expect(squashed?.message).toContain(`#${number}`)
      expect(before?.sha).toBe(base)
      expect((await host.listTree({ ...repository, ref: 'main' })).map((entry) => entry.path)).toEqual(['README.md', 'a', 'b', 'c', 'list.txt'])
    })

    it('merges once, however often it is asked for', async () => {
      await branchOff('topic', { a: '1' })
      const base = await headOf('main')
      const { number } = await open()
      const merged = await Promise.all(Array.from({ length: 3 }, () => merge(number, { method: 'squash' })))
      expect(new Set(merged.map((pull) => pull.mergeSha)).size).toBe(1)
      expect((await merge(number)).mergeSha).toBe(merged[0]?.mergeSha)
      const [last] = await host.log({ ...repository, ref: 'main', limit: 1 })
      expect([last?.sha, last?.parents[0]]).toEqual([merged[0]?.mergeSha, base])
    })

    it('loses nothing among merges and pushes at once', async () => {
      const numbers: number[] = []
      for (const branch of ['t1', 't2', 't3']) {
        await branchOff(branch, { [branch]: '1' })
        numbers.push((await open({ sourceBranch: branch })).number)
      }
      await Promise.all([...numbers.map((number) => merge(number)), commit('main', { pushed: '1' }), commit('main', { again: '1' })])
      expect((await host.listTree({ ...repository, ref: 'main' })).map((entry) => entry.path)).toEqual([
        'README.md',
        'again',
        'list.txt',
        'pushed',
        't1',
        't2',
        't3',
      ])
      expect((await pulls.list({ ...repository, state: 'merged' })).items).toHaveLength(3)
    })

    it('refuses a conflict, and alters nothing', async () => {
      await branchOff('topic', { 'list.txt': withLine(5, 'mine') })
      const base = await commit('main', { 'list.txt': withLine(5, 'theirs') })
      const { number } = await open()
      expect(await pulls.find({ ...repository, number })).toMatchObject({ isMergeable: false })
      await expect(merge(number)).rejects.toMatchObject({ code: 'delivery.pull_request.conflict' })
      expect(await headOf('main')).toBe(base)
      expect(await pulls.find({ ...repository, number })).toMatchObject({ state: 'open' })
    })

    it('merges only the head that was looked at', async () => {
      const seen = await branchOff('topic', { a: '1' })
      const { number } = await open()
      const moved = await commit('topic', { a: '2' })
      await expect(merge(number, { expectedHead: seen })).rejects.toMatchObject({ code: 'delivery.pull_request.stale_head' })
      expect(await merge(number, { expectedHead: moved })).toMatchObject({ state: 'merged', headSha: moved })
    })

    it('closes once; what is closed is not merged, what is merged is not closed', async () => {
      await branchOff('topic', { a: '1' })
      const { number } = await open()
      expect(await pulls.close({ ...repository, number, actor: ANA })).toMatchObject({ state: 'closed', mergeSha: null })
      expect(await pulls.close({ ...repository, number, actor: BEN })).toMatchObject({ state: 'closed' })
      await expect(merge(number)).rejects.toMatchObject({ code: 'delivery.pull_request.closed' })
      const next = await open()
      await merge(next.number)
      await expect(pulls.close({ ...repository, number: next.number, actor: ANA })).rejects.toMatchObject({ code: 'delivery.pull_request.merged' })
    })

    it('shows what it alters, against where it left the target', async () => {
      await commit('main', { 'old name.txt': TEN_LINES.join(''), 'gone.txt': 'bye\n' })
      await branchOff('topic', {
        'list.txt': withLine(3, 'THREE'),
        'new.txt': 'hello\n',
        'gone.txt': null,
        'old name.txt': null,
        'src/new name.txt': TEN_LINES.join(''),
        'data.bin': 'a\0b',
      })
      await commit('main', { elsewhere: '1' })
      const { number } = await open()
      const { files, isTruncated } = await pulls.diff({ ...repository, number })
      expect(isTruncated).toBe(false)
      expect(files.map(({ path, previousPath, status }) => ({ path, previousPath, status }))).toEqual([
        { path: 'data.bin', previousPath: undefined, status: 'added' },
        { path: 'gone.txt', previousPath: undefined, status: 'removed' },
        { path: 'list.txt', previousPath: undefined, status: 'altered' },
        { path: 'new.txt', previousPath: undefined, status: 'added' },
        { path: 'src/new name.txt', previousPath: 'old name.txt', status: 'renamed' },
      ])
      const patchOf = (path: string): string | null | undefined => files.find((file) => file.path === path)?.patch
      expect(patchOf('data.bin')).toBeNull()
      expect(patchOf('list.txt')).toMatch(/^@@ -1,6 \+1,6 @@/)
      expect(patchOf('list.txt')).toContain('\n-line 3\n+THREE\n')
      expect(patchOf('new.txt')).toContain('+hello')
      await merge(number)
      expect((await pulls.diff({ ...repository, number })).files.map((file) => file.path)).toEqual(files.map((file) => file.path))
    })

    promise('seesMergeByPush', 'takes commits that reached the target by another way for merged', async () => {
      const head = await branchOff('topic', { a: '1' })
      const { number } = await open()
      // A second pull request brings the first one's commits along.
      await host.ensureBranch({ ...repository, branch: 'stacked', from: 'topic', actor: ANA })
      await commit('stacked', { c: '1' })
      const stacked = await open({ sourceBranch: 'stacked' })
      await merge(stacked.number)
      expect(await pulls.find({ ...repository, number })).toMatchObject({ state: 'merged', headSha: head })
    })
  })
}
