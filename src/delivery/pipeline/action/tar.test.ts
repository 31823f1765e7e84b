import { lstat, mkdir, mkdtemp, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pack, type Header } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { findFiles } from './find-files.ts'
import { packFiles, safeName, unpackTar } from './tar.ts'

const limits = { maxBytes: 10_000, maxFiles: 20, allowLinks: true }

function tarOf(...entries: (Partial<Header> & { name: string; content?: string })[]): AsyncIterable<Uint8Array> {
  const archive = pack()
  for (const { content, ...header } of entries) archive.entry(header, content ?? '')
  archive.finalize()
  return archive as unknown as AsyncIterable<Uint8Array>
}

async function place(): Promise<{ folder: string; outside: string }> {
  const root = await mkdtemp(path.join(tmpdir(), 'tar-'))
  const folder = path.join(root, 'in')
  const outside = path.join(root, 'outside')
  await Promise.all([mkdir(folder), mkdir(outside)])
  await writeFile(path.join(outside, 'canary'), 'untouched')
  return { folder, outside }
}

describe('unpackTar', () => {
  it('gives back what was packed: content, mode, empty files, names that are long or foreign', async () => {
    const { folder, outside } = await place()
    const files = { 'a/b.txt': 'hello', empty: '', 'ü/€.txt': 'x', [`${'long/'.repeat(30)}n`]: 'deep' }
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.join(outside, path.dirname(name)), { recursive: true })
      await writeFile(path.join(outside, name), content, { mode: name === 'empty' ? 0o755 : 0o644 })
    }
    const names = await unpackTar(
      packFiles(
        Object.keys(files).map((name) => ({ name, file: path.join(outside, name) })),
        { keepLinks: false },
      ),
      folder,
      limits,
    )
    expect(names.sort()).toEqual(Object.keys(files).sort())
    for (const [name, content] of Object.entries(files)) expect(await readFile(path.join(folder, name), 'utf8')).toBe(content)
    expect((await lstat(path.join(folder, 'empty'))).mode & 0o777).toBe(0o755)
  })

  it.each<[string, (outside: string) => AsyncIterable<Uint8Array>]>([
    ['..', () => tarOf({ name: '../outside/canary', content: 'x' })],
    ['.. in the middle', () => tarOf({ name: 'a/../../outside/canary', content: 'x' })],
    ['an absolute name', (outside) => tarOf({ name: `${outside}/canary`, content: 'x' })],
    ['a link out, then a write through it', () => tarOf({ name: 'l', type: 'symlink', linkname: '../outside' }, { name: 'l/canary', content: 'x' })],
    ['an absolute link', (outside) => tarOf({ name: 'l', type: 'symlink', linkname: outside })],
    [
      'a link inside, then a folder through it',
      () => tarOf({ name: 'd/x', content: '1' }, { name: 'l', type: 'symlink', linkname: 'd' }, { name: 'l/y', content: 'x' }),
    ],
    ['a chain of links', () => tarOf({ name: 'a', type: 'symlink', linkname: '.' }, { name: 'a/b', type: 'symlink', linkname: '..' })],
    ['a hard link', () => tarOf({ name: 'h', type: 'link', linkname: '../outside/canary' })],
    ['a device', () => tarOf({ name: 'd', type: 'character-device' })],
    ['too many bytes', () => tarOf({ name: 'a', content: 'x'.repeat(6_000) }, { name: 'b', content: 'x'.repeat(6_000) })],
    ['too many files', () => tarOf(...Array.from({ length: 30 }, (_, n) => ({ name: `f${n}`, content: '' })))],
  ])('refuses %s and writes nothing outside', async (_why, make) => {
    const { folder, outside } = await place()
    await expect(unpackTar(make(outside), folder, limits)).rejects.toMatchObject({ code: expect.stringMatching(/unsafe_path|too_large/) as string })
    expect(await readFile(path.join(outside, 'canary'), 'utf8')).toBe('untouched')
    expect(await readdir(outside)).toEqual(['canary'])
  })

  it('refuses every link where none is allowed', async () => {
    const { folder } = await place()
    await expect(unpackTar(tarOf({ name: 'l', type: 'symlink', linkname: 'x' }), folder, { ...limits, allowLinks: false })).rejects.toMatchObject({
      code: 'delivery.pipeline.unsafe_path',
    })
  })
})

it.each(['../x', '/x', 'a/../b', 'a\\b', 'a\0b'])('safeName refuses %j', (name) => expect(() => safeName(name)).toThrow('refused'))

describe('findFiles', () => {
  it('follows patterns, never links that lead out', async () => {
    const { folder, outside } = await place()
    for (const name of ['dist/a.js', 'dist/sub/b.js', 'dist/sub/b.map', '.hidden/x', '.git/config', 'top.txt']) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true })
      await writeFile(path.join(folder, name), name)
    }
    await symlink(path.join(outside, 'canary'), path.join(folder, 'dist/out'))
    await symlink(outside, path.join(folder, 'dist/outfolder'))
    await symlink('a.js', path.join(folder, 'dist/in.js'))
    const find = (...patterns: string[]): string[] =>
      findFiles(patterns, { base: folder, within: [folder], includeHidden: false }).files.map((file) => path.relative(folder, file))
    expect(find('dist')).toEqual(['dist/a.js', 'dist/in.js', 'dist/sub/b.js', 'dist/sub/b.map'])
    expect(find('dist/**/*.js')).toEqual(['dist/a.js', 'dist/in.js', 'dist/sub/b.js'])
    expect(find('dist/*', '!dist/**/*.map')).toEqual(['dist/a.js', 'dist/in.js', 'dist/sub/b.js'])
    expect(find('**')).not.toContain('.git/config')
    expect(find('../outside/canary', outside, '/etc/passwd')).toEqual([])
    expect(find('*.txt')).toEqual(['top.txt'])
  })
})
