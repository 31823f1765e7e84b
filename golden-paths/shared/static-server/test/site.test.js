import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { brotliCompressSync } from 'node:zlib'
import { indexFiles } from '../server/files.js'
import { createSite } from '../server/site.js'

let root
let server

before(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'site-'))
  await mkdir(path.join(root, 'guide'))
  const files = { 'index.html': 'home', 'about.html': 'about', '404.html': 'nothing here', 'guide/index.html': 'guide', 'app.3f2a9c01.css': 'a{}', 'app.3f2a9c01.css.br': brotliCompressSync('a{}') }
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(root, name), content)
  await writeFile(path.join(root, '..', `${path.basename(root)}.secret`), 'secret')
  server = createServer(createSite({ files: await indexFiles(root), log: () => {} })).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
after(async () => {
  server.close()
  await rm(`${root}.secret`, { force: true })
  await rm(root, { recursive: true, force: true })
})

/** Asks as it is written: fetch would tidy the path up, and decompress. */
async function ask(url, headers = {}, method = 'GET') {
  const asking = request({ host: '127.0.0.1', port: server.address().port, path: url, method, headers }).end()
  const [response] = await once(asking, 'response')
  const chunks = await response.toArray()
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }
}

test('addresses are without .html, and lead to the same page by one way only', async () => {
  for (const [url, body] of [['/', 'home'], ['/about', 'about'], ['/guide/', 'guide']]) assert.equal(String((await ask(url)).body), body)
  for (const [url, to] of [['/index.html', '/'], ['/about.html', '/about'], ['/guide', '/guide/'], ['/guide/index.html', '/guide/']])
    assert.deepEqual([(await ask(url)).status, (await ask(url)).headers.location], [308, to])
})

test('what is not there is a 404 with the page for it', async () => {
  const { status, body, headers } = await ask('/nothing')
  assert.deepEqual([status, String(body), headers['cache-control']], [404, 'nothing here', 'no-store'])
})

test('no path leads out of the site', async () => {
  const name = `${path.basename(root)}.secret`
  for (const url of [`/../${name}`, `/%2e%2e/${name}`, `/..%2f${name}`, `/guide/../../${name}`, '//evil.example', '/%00', '/%', '/\\evil.example'])
    assert.equal((await ask(url)).status, 404, url)
})

test('a name with the hash of its content is kept for ever, a page is asked for again', async () => {
  assert.match((await ask('/app.3f2a9c01.css')).headers['cache-control'], /immutable/)
  const page = await ask('/')
  assert.equal(page.headers['cache-control'], 'public, max-age=60')
  const again = await ask('/', { 'if-none-match': page.headers.etag })
  assert.deepEqual([again.status, again.body.length], [304, 0])
})

test('a compressed copy goes to those who take it, under a tag of its own', async () => {
  const [packed, plain] = [await ask('/app.3f2a9c01.css', { 'accept-encoding': 'gzip, br' }), await ask('/app.3f2a9c01.css', { 'accept-encoding': 'br;q=0' })]
  assert.deepEqual([packed.headers['content-encoding'], plain.headers['content-encoding'], String(plain.body)], ['br', undefined, 'a{}'])
  assert.notEqual(packed.headers.etag, plain.headers.etag)
})

test('HEAD has no body, other methods are refused, and nobody may frame a page', async () => {
  assert.equal((await ask('/', {}, 'HEAD')).body.length, 0)
  assert.equal((await ask('/', {}, 'POST')).status, 405)
  assert.match((await ask('/')).headers['content-security-policy'], /frame-ancestors 'none'/)
})
