import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listHttpFolder, readListing } from './http-folder.ts'

const url = 'https://example.org/templates/skeleton/'

describe('readListing', () => {
  it('reads what web servers write', () => {
    const page =
      '<a href="?C=N;O=D">Name</a><a href="/templates/">Up</a><a href="../">..</a><a href=\'src/\'>src</a><a href="./a%20b.txt">a b</a><a class="x" href="/templates/skeleton/c.md">c</a><a href="https://elsewhere.org/x">x</a>'
    expect(readListing(page, 'text/html; charset=utf-8', url)).toEqual(['a b.txt', 'c.md', 'src/'])
    const json = JSON.stringify([
      { name: 'src', type: 'directory' },
      { name: 'a.txt', type: 'file' },
      { name: '../evil', type: 'file' },
    ])
    expect(readListing(json, 'application/json', url)).toEqual(['a.txt', 'src/'])
    expect(readListing('kind: Template', 'text/yaml', url)).toBeUndefined()
    expect(readListing('{', 'application/json', url)).toBeUndefined()
  })

  it('never names what lies elsewhere', () => {
    const link = fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom('..', '%2e%2e/', '%2e%2e%2fx', './%2F%2Fevil.org', '//evil.org/x', 'a/../../b'))
    fc.assert(
      fc.property(fc.array(link), (links) => {
        const page = links.map((target) => `<a href="${target}">`).join('')
        for (const name of readListing(page, 'text/html', url) ?? []) {
          const target = new URL(name.split('/').map(encodeURIComponent).join('/'), url)
          expect(target.href.startsWith(url) && target.href !== url).toBe(true)
        }
      }),
    )
  })
})

describe('listHttpFolder', () => {
  const pages: Record<string, [string, string]> = {
    '': ['text/html', '<a href="a.txt">a</a><a href="src/">src</a>'],
    'a.txt': ['text/plain', 'A'],
    'src/': ['text/html', '<a href="b.txt">b</a>'],
    'src/b.txt': ['text/plain', 'B'],
  }
  const egress = {
    fetch: async (target: string | URL) => {
      const [type, body] = pages[String(target).slice(url.length)] ?? []
      return await Promise.resolve(type === undefined ? new Response('', { status: 404 }) : new Response(body ?? '', { headers: { 'content-type': type } }))
    },
  }

  it('reads folders inside folders, and nothing by halves', async () => {
    const files = (await listHttpFolder(egress, url)) ?? []
    expect(files.map((file) => [file.path, Buffer.from(file.content).toString()])).toEqual([
      ['a.txt', 'A'],
      ['src/b.txt', 'B'],
    ])
    delete pages['src/b.txt']
    expect(await listHttpFolder(egress, url)).toBeUndefined()
  })
})
