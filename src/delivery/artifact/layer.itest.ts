import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { pack, type Header } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProcess } from '#kernel/node/process'
import { packLayer } from './pack-layer.ts'
import { unpackLayer } from './unpack-layer.ts'

/** An entry of an archive that an attacker wrote. */
type TarEntry = { name: string; type?: Header['type']; linkname?: string; content?: string }

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'layer-'))
})
afterAll(async () => await rm(root, { recursive: true, force: true }))

const digest = `sha256:${'0'.repeat(64)}`
let counter = 0
const fresh = async (): Promise<string> => {
  const folder = path.join(root, String(counter++))
  await mkdir(folder)
  return folder
}

async function tree(folder: string, files: Record<string, string>): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), content)
  }
  return folder
}

async function packed(folder: string): Promise<{ file: string; digest: string; entries: number }> {
  const file = path.join(root, `${counter++}.tgz`)
  return { file, ...(await packLayer(folder, file)) }
}

async function archive(...entries: TarEntry[]): Promise<Readable> {
  const tar = pack()
  for (const { content, ...header } of entries) tar.entry(header, content ?? '')
  tar.finalize()
  return Readable.from([gzipSync(await buffer(tar))])
}

async function unpacked(source: Readable, limits?: { maxEntries: number; maxBytes: number }): Promise<string> {
  const folder = path.join(root, `${counter++}`, 'inside')
  await mkdir(folder, { recursive: true })
  await unpackLayer(digest, source, folder, limits)
  return folder
}

describe('packLayer', () => {
  it('gives the same digest for the same files, whatever their times, owners, order and umask', async () => {
    const files = { 'src/server.js': 'hello', 'a/b/c.txt': 'x', 'package.json': '{}', 'Z.txt': 'z', '\u00fc.txt': 'u' }
    const one = await tree(await fresh(), files)
    const two = await tree(await fresh(), Object.fromEntries(Object.entries(files).reverse()))
    await utimes(path.join(two, 'package.json'), new Date(0), new Date(0))
    await chmod(path.join(two, 'package.json'), 0o600)
    await mkdir(path.join(two, '.git'))
    const [first, second] = [await packed(one), await packed(two)]
    expect(second.digest).toBe(first.digest)
    expect(first.digest).toBe(
      `sha256:${createHash('sha256')
        .update(await readFile(first.file))
        .digest('hex')}`,
    )
  })

  it('gives another digest for another byte, name or executable bit', async () => {
    const base = await packed(await tree(await fresh(), { a: '1' }))
    const byte = await packed(await tree(await fresh(), { a: '2' }))
    const name = await packed(await tree(await fresh(), { b: '1' }))
    const executable = await tree(await fresh(), { a: '1' })
    await chmod(path.join(executable, 'a'), 0o755)
    expect(new Set([base.digest, byte.digest, name.digest, (await packed(executable)).digest]).size).toBe(4)
  })

  it('is read by tar', async () => {
    const layer = await packed(await tree(await fresh(), { 'src/server.js': 'hello', [`${'long/'.repeat(40)}x.txt`]: 'x' }))
    const listed = await runProcess({ command: 'tar', args: ['-tzf', layer.file] })
    expect(listed.exitCode).toBe(0)
    expect(listed.stdout.toString()).toContain('src/server.js')
  })

  it.each([['/etc/passwd'], ['../../../../../../etc/passwd']])('refuses a link to %s', async (target) => {
    const folder = await tree(await fresh(), { a: '1' })
    await symlink(target, path.join(folder, 'link'))
    await expect(packed(folder)).rejects.toMatchObject({ code: 'delivery.artifact.unsafe_entry' })
  })

  it('refuses a device', async () => {
    const folder = await tree(await fresh(), { a: '1' })
    await runProcess({ command: 'mkfifo', args: [path.join(folder, 'pipe')] })
    await expect(packed(folder)).rejects.toMatchObject({ code: 'delivery.artifact.unsafe_entry' })
  })
})

describe('unpackLayer', () => {
  it('gives back what was packed: bytes, links, the executable bit', async () => {
    const folder = await tree(await fresh(), { 'src/server.js': 'hello', 'bin/run': '#!/bin/sh', empty: '' })
    await chmod(path.join(folder, 'bin/run'), 0o755)
    await symlink('../src/server.js', path.join(folder, 'bin/link'))
    await symlink('src', path.join(folder, 'source'))
    await symlink('nowhere', path.join(folder, 'dangling'))
    const layer = await packed(folder)
    const out = await unpacked(createReadStream(layer.file))
    expect(await readFile(path.join(out, 'bin/link'), 'utf8')).toBe('hello')
    expect(await readlink(path.join(out, 'source'))).toBe('src')
    expect((await stat(path.join(out, 'bin/run'))).mode & 0o777).toBe(0o755)
    expect((await readdir(out)).sort()).toEqual(['bin', 'empty', 'source', 'src'])
    expect((await packed(out)).digest).toBe(layer.digest)
  })

  it.each<[string, TarEntry[]]>([
    ['a way up', [{ name: '../x', content: 'x' }]],
    ['a way up in the middle', [{ name: 'a/../../x', content: 'x' }]],
    ['an absolute path', [{ name: '/tmp/x', content: 'x' }]],
    ['a backslash', [{ name: '..\\x', content: 'x' }]],
    ['an absolute link', [{ name: 'l', type: 'symlink', linkname: '/etc/passwd' }]],
    ['a link up', [{ name: 'l', type: 'symlink', linkname: '../outside' }]],
    ['a link that leads nowhere', [{ name: 'l', type: 'symlink', linkname: 'later' }]],
    [
      'a file through a link',
      [
        { name: 'l', type: 'symlink', linkname: '..' },
        { name: 'l/x', content: 'x' },
      ],
    ],
    [
      'a file through a good link',
      [
        { name: 'd/', type: 'directory' },
        { name: 'l', type: 'symlink', linkname: 'd' },
        { name: 'l/x', content: 'x' },
      ],
    ],
    [
      'a link behind a link',
      [
        { name: 'd/', type: 'directory' },
        { name: 'l', type: 'symlink', linkname: 'd' },
        { name: 'l/m', type: 'symlink', linkname: '..' },
      ],
    ],
    [
      'a chain of links that leads out',
      [
        { name: 'p/q/back', type: 'symlink', linkname: '../..' },
        { name: 'p/q/out', type: 'symlink', linkname: 'back/..' },
      ],
    ],
    ['a hard link', [{ name: 'h', type: 'link', linkname: '/etc/passwd' }]],
    ['a device', [{ name: 'd', type: 'character-device' }]],
    ['a pipe', [{ name: 'd', type: 'fifo' }]],
    [
      'one name twice',
      [
        { name: 'x', content: '1' },
        { name: 'x', content: '2' },
      ],
    ],
    [
      'a file as a folder',
      [
        { name: 'x', content: '1' },
        { name: 'x/y', content: '2' },
      ],
    ],
  ])('refuses %s, and writes nothing outside', async (_what, entries) => {
    const before = (await readdir(root)).length
    await expect(unpacked(await archive(...entries))).rejects.toMatchObject({ code: 'delivery.artifact.bad_archive' })
    expect((await readdir(root)).length).toBe(before + 1)
    expect(await readdir(path.join(root, String(counter - 1)))).toEqual(['inside'])
  })

  it('refuses what is not gzip, and what breaks off', async () => {
    await expect(unpacked(Readable.from([Buffer.from('nope')]))).rejects.toMatchObject({ code: 'delivery.artifact.bad_archive' })
    const whole = await buffer(await archive({ name: 'a', content: 'x'.repeat(10_000) }))
    await expect(unpacked(Readable.from([whole.subarray(0, whole.length - 20)]))).rejects.toMatchObject({ code: 'delivery.artifact.bad_archive' })
  })

  it('stops a bomb at the limit', async () => {
    const bomb = await archive({ name: 'zeros', content: '\0'.repeat(5_000_000) })
    await expect(unpacked(bomb, { maxEntries: 10, maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'delivery.artifact.too_large' })
    const many = await archive(...Array.from({ length: 20 }, (_, index) => ({ name: `f${index}`, content: '' })))
    await expect(unpacked(many, { maxEntries: 10, maxBytes: 1_000_000 })).rejects.toMatchObject({ code: 'delivery.artifact.too_large' })
  })

  it('never lets any set of links read or write outside', async () => {
    await writeFile(path.join(root, 'canary'), 'untouched')
    const part = fc.constantFrom('a', 'b', 'c', '..', '.')
    const way = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
    const entry = fc.oneof(
      fc.record({ name: way, type: fc.constant('symlink' as const), linkname: way }),
      fc.record({ name: way, content: fc.constant('written') }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const parent = path.join(root, String(counter), 'inside')
        const result = await unpacked(await archive(...entries)).catch((error: { code?: string }) => error)
        expect(await readdir(path.dirname(parent))).toEqual(['inside'])
        expect(typeof result === 'string' || result.code === 'delivery.artifact.bad_archive').toBe(true)
        const listed = await runProcess({ command: 'find', args: ['-L', parent, '-name', 'canary'] })
        expect(typeof result === 'string' ? listed.stdout.toString() : '').toBe('')
      }),
      { numRuns: 60 },
    )
    expect(await readFile(path.join(root, 'canary'), 'utf8')).toBe('untouched')
  })
})
