import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { buildDocs, hrefOf, readNav } from '../build.js'
import { search } from '../theme/search.js'

async function built(t, files, nav) {
  const root = await mkdtemp(path.join(tmpdir(), 'docs-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.join(root, 'docs', path.dirname(name)), { recursive: true })
    await writeFile(path.join(root, 'docs', name), content)
  }
  const target = path.join(root, 'public')
  const config = JSON.stringify({ site_name: 'Handbook', nav })
  const pages = await buildDocs({ source: path.join(root, 'docs'), config, target, theme: 'theme', version: '1' })
  return { pages, read: (name) => readFile(path.join(target, name), 'utf8') }
}

test('links between files become links between pages, from any depth', async (t) => {
  const { read, pages } = await built(
    t,
    { 'index.md': '# Home\n[on call](guides/on-call.md#who)', 'guides/on-call.md': '# On call\n## Who\n[home](../index.md) ![plan](plan.png)', 'guides/plan.png': 'png' },
    ['index.md', { Guides: [{ 'On call': 'guides/on-call.md' }] }],
  )
  assert.deepEqual(pages, ['', 'guides/on-call/'])
  assert.match(await read('index.html'), /<a href="guides\/on-call\/#who">on call<\/a>/)
  const page = await read('guides/on-call/index.html')
  assert.match(page, /<a href="\.\.\/\.\.\/">home<\/a>/)
  assert.match(page, /<img src="\.\.\/\.\.\/guides\/plan\.png"/)
  assert.match(page, /aria-current="page">On call/)
  assert.match(page, /<a rel="previous" href="\.\.\/\.\.\/">/)
})

test('what leads nowhere fails the build, all of it at once', async (t) => {
  const files = { 'index.md': '# Home\n[a](gone.md) [b](other.md#gone) [c](#gone)', 'other.md': '# Other', 'lost.md': '# Lost' }
  await assert.rejects(built(t, files, ['index.md', 'other.md', 'absent.md']), (error) => {
    for (const part of ['"gone.md" leads nowhere', '"other.md#gone" leads nowhere', '"#gone" leads nowhere', 'lost.md is in no navigation', '"absent.md", which is not there'])
      assert.match(error.message, new RegExp(part.replaceAll('.', '\\.')))
    return true
  })
})

test('what people write is text: no scripts, no odd addresses', async (t) => {
  const { read } = await built(t, { 'index.md': '# <b>Home</b>\n<script>alert(1)</script>\n\n[x](javascript:alert(1))' }, ['index.md'])
  const page = await read('index.html')
  assert.doesNotMatch(page, /<script>|javascript:/)
})

test('headings that say the same are told apart', async (t) => {
  const { read } = await built(t, { 'index.md': '# Home\n## Über uns\n## Über uns\n[to it](#über-uns-1)' }, ['index.md'])
  assert.match(await read('index.html'), /<h2 id="über-uns-1">/)
})

test('search finds every word, titles first', async (t) => {
  const { read } = await built(t, { 'index.md': '# Home\nWho is on call?', 'call.md': '# On call' }, ['index.md', 'call.md'])
  const pages = JSON.parse(await read('search.json'))
  assert.deepEqual(search(pages, 'on CALL').map((page) => page.title), ['On call', 'Home'])
  assert.deepEqual(search(pages, 'call nobody'), [])
  assert.deepEqual(search(pages, ' '), [])
})

test('the navigation of MkDocs is read as it is', () => {
  assert.deepEqual(readNav(['index.md', { A: 'a.md' }, { B: ['b.md'] }]), [{ file: 'index.md' }, { title: 'A', file: 'a.md' }, { title: 'B', children: [{ file: 'b.md' }] }])
  assert.deepEqual(['index.md', 'a.md', 'a/index.md', 'a/b.md'].map(hrefOf), ['', 'a/', 'a/', 'a/b/'])
})

test('the site itself builds', async (t) => {
  const target = await mkdtemp(path.join(tmpdir(), 'site-'))
  t.after(() => rm(target, { recursive: true, force: true }))
  const pages = await buildDocs({ source: 'docs', config: await readFile('mkdocs.yml', 'utf8'), target, theme: 'theme', version: '1' })
  assert.ok(pages.includes(''))
})
