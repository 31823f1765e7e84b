import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CommitRequest, GitHost, Push } from './git-host.ts'

/** A host under test. `pushes` gives what was recorded for a repository, in order. */
export interface GitHostUnderTest {
  host: GitHost
  pushes: (repository: string) => Promise<Push[]>
  /** Where repositories are made, e.g. `acme/shop` on a host whose owners nest. Default `acme`. */
  owner?: string
  /** Makes an owner be there, where one must be before it has repositories. */
  prepareOwner?: (owner: string) => Promise<void>
}

/** Promises that only hosts can keep that are our own. Named with the reason, they are left out, and the run says so. */
export type GitHostPromise = 'recordsPushes' | 'tellsCreator' | 'tellsDescription' | 'lowerCaseNames'

let counter = 0
const bytes = (text: string): Uint8Array => Buffer.from(text)
const ZERO = '0'.repeat(40)

/** The promises of `GitHost`, a test each. */
export function gitHostContract(name: string, make: () => Promise<GitHostUnderTest>, leftOut: Partial<Record<GitHostPromise, string>> = {}): void {
  describe(`GitHost contract: ${name}`, () => {
    let host: GitHost
    let pushes: GitHostUnderTest['pushes']
    let prepareOwner: GitHostUnderTest['prepareOwner']
    const promise = (key: GitHostPromise, title: string, work: () => Promise<void>): void => {
      const reason = leftOut[key]
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- both are given
      it.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (left out: ${reason})`, work)
    }
    let owner: string
    let repository: { owner: string; name: string }
    const commit = async (files: Record<string, string | null>, more: Partial<CommitRequest> = {}): Promise<string> => {
      const list = Object.entries(files).map(([file, content]) => ({ path: file, content: content === null ? null : bytes(content) }))
      const author = { name: 'Ana', email: 'ana@example.com' }
      return (await host.commitFiles({ ...repository, branch: 'main', message: 'Change', author, files: list, pusher: 'user:default/ana', ...more })).sha
    }

    beforeEach(async () => {
      const made = await make()
      ;({ host, pushes, prepareOwner } = made)
      owner = made.owner ?? 'acme'
      counter += 1
      repository = { owner, name: `repo-${counter}` }
      await host.createRepository({ ...repository, description: 'Orders', createdBy: 'user:default/ana' })
    })

    it('creates a repository once', async () => {
      await expect(host.createRepository({ ...repository, createdBy: 'user:default/ben' })).rejects.toMatchObject({ code: 'delivery.git_host.exists' })
      expect(await host.findRepository(owner, repository.name)).toMatchObject({
        ...repository,
        defaultBranch: 'main',
      })
      expect(await host.findRepository(owner, 'nobody-made-this')).toBeUndefined()
    })

    promise('tellsDescription', 'tells what a repository is for', async () => {
      expect(await host.findRepository(owner, repository.name)).toMatchObject({ description: 'Orders' })
    })

    promise('tellsCreator', 'tells who made a repository', async () => {
      expect(await host.findRepository(owner, repository.name)).toMatchObject({ createdBy: 'user:default/ana' })
    })

    it('creates one of many at once', async () => {
      const twin = { owner, name: `${repository.name}-twin`, createdBy: 'user:default/ana' }
      const made = await Promise.allSettled(Array.from({ length: 6 }, () => host.createRepository(twin)))
      expect(made.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
      await host.commitFiles({
        ...twin,
        branch: 'main',
        message: 'x',
        author: { name: 'a', email: 'a@b' },
        files: [{ path: 'a', content: bytes('a') }],
        pusher: 'user:default/ana',
      })
    })

    it.each([
      ['..', 'x'],
      ['acme', '../../etc'],
      ['acme', '--upload-pack=id'],
      ['acme', 'x.git'],
    ])('refuses the name %s/%s', async (owner, name) => {
      await expect(host.createRepository({ owner, name, createdBy: 'user:default/ana' })).rejects.toMatchObject({ code: 'delivery.git_host.bad_name' })
    })

    promise('lowerCaseNames', 'refuses a name in upper case', async () => {
      const upper = { owner: 'ACME', name: 'x', createdBy: 'user:default/ana' }
      await expect(host.createRepository(upper)).rejects.toMatchObject({ code: 'delivery.git_host.bad_name' })
    })

    it('lists in pages, without gap or repetition', async () => {
      const pages = owner.replace(/[^/]+$/, `pages-${counter}`)
      await prepareOwner?.(pages)
      for (const name of ['p1', 'p2', 'p3']) await host.createRepository({ owner: pages, name, createdBy: 'user:default/ana' })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await host.listRepositories({ limit: 2, cursor })
        expect(page.items.length).toBeLessThanOrEqual(2)
        seen.push(...page.items.map((item) => `${item.owner}/${item.name}`))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((item) => item.startsWith(`${pages}/`))).toEqual(['p1', 'p2', 'p3'].map((item) => `${pages}/${item}`))
    })

    it('commits files, gives them back, and keeps those that were not named', async () => {
      await commit({ 'README.md': '# Orders\n', 'src/server.js': 'one' })
      const sha = await commit({ 'src/server.js': 'two', 'src/with "quotes" and \u00fc.txt': 'three', 'README.md': null })
      const read = async (file: string): Promise<string> => Buffer.from(await host.readFile({ ...repository, ref: 'main', path: file })).toString()
      expect(await read('src/server.js')).toBe('two')
      expect(await read('src/with "quotes" and \u00fc.txt')).toBe('three')
      await expect(read('README.md')).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
      expect(await host.resolveRef({ ...repository, ref: 'main' })).toBe(sha)
      expect(await host.resolveRef({ ...repository, ref: 'refs/heads/main' })).toBe(sha)
      expect(await host.resolveRef({ ...repository, ref: 'nope' })).toBeUndefined()
    })

    it('keeps bytes as they are, and the executable bit', async () => {
      const content = Buffer.from(Array.from({ length: 1_024 }, (_, index) => index % 256))
      const files = [
        { path: 'bin/run', content: bytes('#!/bin/sh\n'), mode: '100755' as const },
        { path: 'data.bin', content },
      ]
      await host.commitFiles({ ...repository, branch: 'main', message: 'x', author: { name: 'A', email: 'a@b' }, files, pusher: 'user:default/ana' })
      expect(Buffer.from(await host.readFile({ ...repository, ref: 'main', path: 'data.bin' }))).toEqual(content)
      const entry = (await host.listTree({ ...repository, ref: 'main', path: 'bin' }))[0]
      expect(entry).toMatchObject({ path: 'bin/run', type: 'file', mode: '100755', sizeBytes: 10 })
    })

    it('makes no commit when nothing would change', async () => {
      const first = await commit({ a: '1' })
      expect(await commit({ a: '1' })).toBe(first)
      expect(await commit({ 'not-there': null })).toBe(first)
      expect(await host.log({ ...repository, ref: 'main' })).toHaveLength(1)
    })

    it('takes the expected parent at its word', async () => {
      await expect(commit({ a: '1' }, { expectedParent: 'f'.repeat(40) })).rejects.toMatchObject({ code: 'delivery.git_host.stale_parent' })
      const first = await commit({ a: '1' }, { expectedParent: null })
      await expect(commit({ a: '2' }, { expectedParent: null })).rejects.toMatchObject({ code: 'delivery.git_host.stale_parent' })
      const second = await commit({ a: '2' }, { expectedParent: first })
      await expect(commit({ a: '3' }, { expectedParent: first })).rejects.toMatchObject({ code: 'delivery.git_host.stale_parent' })
      expect(await host.resolveRef({ ...repository, ref: 'main' })).toBe(second)
    })

    it('loses no commit among many writers of one branch', async () => {
      await commit({ base: '0' })
      await Promise.all(Array.from({ length: 6 }, (_, index) => commit({ [`file-${index}`]: String(index) })))
      const tree = await host.listTree({ ...repository, ref: 'main' })
      expect(tree.map((entry) => entry.path)).toEqual(['base', ...Array.from({ length: 6 }, (_, index) => `file-${index}`)])
      expect(await host.log({ ...repository, ref: 'main' })).toHaveLength(7)
    })

    promise('recordsPushes', 'records each ref update once, in order, with who did it', async () => {
      const first = await commit({ a: '1' })
      const second = await commit({ a: '2' }, { pusher: 'user:default/ben' })
      const branch = await commit({ a: '3' }, { branch: 'feature/x', expectedParent: null })
      expect((await pushes(`${owner}/${repository.name}`)).map(({ ref, before, after, pusher }) => [ref, before, after, pusher])).toEqual([
        ['refs/heads/main', ZERO, first, 'user:default/ana'],
        ['refs/heads/main', first, second, 'user:default/ben'],
        ['refs/heads/feature/x', ZERO, branch, 'user:default/ana'],
      ])
    })

    it.each(['../x', '/etc/passwd', '.git/config', 'a/../../b', '.GIT/hooks/post-checkout', 'a\nM 100644 inline b', ''])(
      'refuses to write the path %j',
      async (file) => {
        await expect(commit({ [file]: 'x' })).rejects.toMatchObject({ code: 'delivery.git_host.bad_name' })
        expect(await host.resolveRef({ ...repository, ref: 'main' })).toBeUndefined()
      },
    )

    it('lets nothing in a message or name pass for a command', async () => {
      const evil = 'x\ndone\ncommit refs/heads/evil\nreset refs/heads/evil\n'
      const sha = await commit({ a: evil }, { message: `${evil}\n\nbody`, author: { name: 'A <x>\nB', email: 'a@b>\ncommitter C' } })
      expect(await host.resolveRef({ ...repository, ref: 'evil' })).toBeUndefined()
      const log = await host.log({ ...repository, ref: sha })
      expect(log[0]?.message).toBe(`${evil}\n\nbody`)
    })

    it('lists a tree flat or whole', async () => {
      await commit({ 'a/b/c.txt': '1', 'a/d.txt': '22', 'e.txt': '3' })
      const top = await host.listTree({ ...repository, ref: 'main' })
      expect(top.map(({ path: file, type, sizeBytes }) => [file, type, sizeBytes])).toEqual([
        ['a', 'folder', null],
        ['e.txt', 'file', 1],
      ])
      const all = await host.listTree({ ...repository, ref: 'main', recursive: true })
      expect(all.map((entry) => entry.path)).toEqual(['a/b/c.txt', 'a/d.txt', 'e.txt'])
      await expect(host.listTree({ ...repository, ref: 'main', path: 'nope' })).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
    })

    it('tells the newest commits first, with message, author and time', async () => {
      await commit({ a: '1' }, { message: 'First' })
      await commit({ b: '1' }, { message: 'Second\n\nWith a body.' })
      const log = await host.log({ ...repository, ref: 'main', limit: 1 })
      expect(log).toHaveLength(1)
      expect(log[0]).toMatchObject({ message: 'Second\n\nWith a body.', author: { name: 'Ana', email: 'ana@example.com' } })
      expect(Math.abs((log[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
      expect((await host.log({ ...repository, ref: 'main', path: 'a' })).map((entry) => entry.message)).toEqual(['First'])
    })

    it('refuses a file over the limit instead of reading it', async () => {
      await commit({ big: 'x'.repeat(1_000) })
      await expect(host.readFile({ ...repository, ref: 'main', path: 'big', maxBytes: 999 })).rejects.toMatchObject({ code: 'delivery.git_host.too_large' })
      expect(await host.readFile({ ...repository, ref: 'main', path: 'big', maxBytes: 1_000 })).toHaveLength(1_000)
      await commit({ big: 'x'.repeat(500_000) })
      await expect(host.readFile({ ...repository, ref: 'main', path: 'big', maxBytes: 999 })).rejects.toMatchObject({ code: 'delivery.git_host.too_large' })
    })

    it('reads many files at once, and leaves out what is absent, a folder or too large', async () => {
      await commit({ a: 'first\n', 'b/c': 'ü\n\nno end', 'b/empty': '', big: 'x'.repeat(1_000), 'with blank': '1' })
      const paths = ['b/c', 'absent', 'a', 'b', 'b/empty', 'big', 'with blank']
      const read = async (maxBytes: number): Promise<object> =>
        Object.fromEntries(
          [...(await host.readFiles({ ...repository, ref: 'main', paths, maxBytes }))].map(([path, content]) => [path, Buffer.from(content).toString()]),
        )
      const small = { 'b/c': 'ü\n\nno end', a: 'first\n', 'b/empty': '', 'with blank': '1' }
      expect(await read(999)).toEqual(small)
      expect(await read(1_000)).toEqual({ ...small, big: 'x'.repeat(1_000) })
      await commit({ big: 'x'.repeat(500_000) })
      expect(await read(999)).toEqual(small)
      expect((await host.readFiles({ ...repository, ref: 'main', paths: [] })).size).toBe(0)
      expect([...(await host.readFiles({ ...repository, ref: 'main', paths: ['../a', 'a\nb', 'a'] })).keys()]).toEqual(['a'])
      await expect(host.readFiles({ ...repository, ref: 'gone', paths: ['a'] })).rejects.toMatchObject({ code: 'delivery.git_host.ref_not_found' })
    })

    it('takes a folder for no file', async () => {
      await commit({ 'a/b': '1' })
      await expect(host.readFile({ ...repository, ref: 'main', path: 'a' })).rejects.toMatchObject({ code: 'delivery.git_host.path_not_found' })
      await commit({ c: '1' }, { branch: 'topic/x', expectedParent: null })
      expect(await host.resolveRef({ ...repository, ref: 'topic' })).toBeUndefined()
    })

    it('says what is not there', async () => {
      const absent = { owner, name: 'never-made' }
      await expect(host.log({ ...absent, ref: 'main' })).rejects.toMatchObject({ code: 'delivery.git_host.not_found' })
      await expect(host.log({ ...repository, ref: 'main' })).rejects.toMatchObject({ code: 'delivery.git_host.ref_not_found' })
      await expect(host.log({ ...repository, ref: '--all' })).rejects.toMatchObject({ code: 'delivery.git_host.ref_not_found' })
    })

    it('writes a commit into a folder, and packs it as a tar stream', async () => {
      const sha = await commit({ 'src/a.txt': 'hello', 'b.txt': 'there' })
      await commit({ 'src/a.txt': 'changed' })
      const folder = path.join(await mkdtemp(path.join(tmpdir(), 'checkout-')), 'work')
      expect(await host.checkout({ ...repository, ref: sha, folder })).toEqual({ sha })
      expect(await readFile(path.join(folder, 'src/a.txt'), 'utf8')).toBe('hello')
      await expect(stat(path.join(folder, '.git'))).rejects.toMatchObject({ code: 'ENOENT' })
      const tar = await buffer(await host.archive({ ...repository, ref: sha }))
      expect(tar.includes('src/a.txt')).toBe(true)
      expect(tar.length % 512).toBe(0)
    })

    it('deletes a repository, and lets its name be used anew', async () => {
      await commit({ a: '1' })
      await host.deleteRepository(repository, 'user:default/ana')
      await host.deleteRepository(repository, 'user:default/ana')
      expect(await host.findRepository(owner, repository.name)).toBeUndefined()
      await host.createRepository({ ...repository, createdBy: 'user:default/ana' })
      expect(await host.resolveRef({ ...repository, ref: 'main' })).toBeUndefined()
    })
  })
}
