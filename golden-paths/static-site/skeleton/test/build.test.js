import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { addressOf, buildSite, fill } from '../build.js'

const site = { title: 'A & B', description: 'x', address: 'https://example.com' }

async function built(t, files) {
  const root = await mkdtemp(path.join(tmpdir(), 'build-'))
  t.after(() => rm(root, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.join(root, 'site', path.dirname(name)), { recursive: true })
    await writeFile(path.join(root, 'site', name), content)
  }
  const target = path.join(root, 'public')
  const pages = await buildSite({ source: path.join(root, 'site'), target, site, version: '1' })
  return { pages, names: (await readdir(target)).sort(), read: (name) => readFile(path.join(target, name), 'utf8'), bytes: (name) => readFile(path.join(target, name)) }
}

test('a page takes in its parts and the texts, and names files by their content', async (t) => {
  const { names, read } = await built(t, { 'header.html': '<title>{{title}}</title>', 'index.html': '<!-- include header.html -->\n<link href="/app.css">', 'app.css': 'a{}' })
  const css = names.find((name) => /^app\.[0-9a-f]{8}\.css$/.test(name))
  assert.equal(await read('index.html'), `<title>A &amp; B</title><link href="/${css}">`)
  assert.ok(!names.includes('header.html') && !names.includes('app.css'))
})

test('compressed copies say the same', async (t) => {
  const { bytes, read } = await built(t, { 'index.html': '<p>{{title}}</p>' })
  for (const copy of [brotliDecompressSync(await bytes('index.html.br')), gunzipSync(await bytes('index.html.gz'))]) assert.equal(String(copy), await read('index.html'))
})

test('a link that leads nowhere fails the build, with its page', async (t) => {
  await assert.rejects(built(t, { 'index.html': '<a href="/gone">' }), /index\.html: there is nothing at "\/gone"/)
})

test('the site map lists every page but the one for what is not there', async (t) => {
  const { pages, read } = await built(t, { 'index.html': '', 'about.html': '', '404.html': '', 'guide/index.html': '<a href="/about#top">' })
  assert.deepEqual(pages, ['/about', '/guide/', '/'])
  assert.match(await read('sitemap.xml'), /<loc>https:\/\/example\.com\/guide\/<\/loc>/)
})

test('an unknown text is a mistake, and what is filled in is no markup', () => {
  assert.throws(() => fill('{{titel}}', site), /nothing is called "titel"/)
  assert.equal(fill('{{x}}', { x: '<b>"' }), '&lt;b&gt;&quot;')
  assert.equal(addressOf('index.html'), '/')
})

test('the site itself builds', async (t) => {
  const target = await mkdtemp(path.join(tmpdir(), 'site-'))
  t.after(() => rm(target, { recursive: true, force: true }))
  const own = JSON.parse(await readFile('site.json', 'utf8'))
  assert.ok((await buildSite({ source: 'site', target, site: own, version: '1' })).includes('/'))
})
