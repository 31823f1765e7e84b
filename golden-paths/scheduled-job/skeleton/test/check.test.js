import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { certificateProblem, checkAll } from '../src/check.js'

const { signal } = new AbortController()

async function serve(t, handle) {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${server.address().port}`
}

test('each address is told apart: well, ill, silent, gone', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/silent') return
    response.writeHead(request.url === '/ill' ? 503 : 200).end('x')
  })
  const results = await checkAll({ addresses: [`${url}/well`, `${url}/ill`, `${url}/silent`, 'http://127.0.0.1:1/'], timeoutMs: 100 }, { signal })
  assert.deepEqual(results.map((result) => result.problem), [undefined, 'answers 503', 'does not answer within 100 ms', results[3].problem])
  assert.match(results[3].problem, /can not be reached/)
})

test('a few are asked at a time, and the order stays', async () => {
  let now = 0
  let most = 0
  const check = async (address) => {
    most = Math.max(most, ++now)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    now--
    return address.endsWith('7') ? 'odd' : undefined
  }
  const addresses = Array.from({ length: 30 }, (_, index) => `http://example.com/${index}`)
  const results = await checkAll({ addresses }, { signal, check })
  assert.deepEqual(results.map((result) => result.address), addresses)
  assert.equal(results.filter((result) => result.problem).length, 3)
  assert.equal(most, 8)
})

test('nothing to ask is no problem', async () => {
  assert.deepEqual(await checkAll({ addresses: [] }, { signal }), [])
})

test('a run that is stopped asks no more', async () => {
  await assert.rejects(checkAll({ addresses: ['http://127.0.0.1:1/'] }, { signal: AbortSignal.abort(new Error('stopped')) }), /stopped/)
})

test('a certificate is told in time', () => {
  const now = Date.parse('2030-01-01')
  const inDays = (days) => new Date(now + days * 86_400_000)
  assert.equal(certificateProblem(inDays(30), 14, now), undefined)
  assert.match(certificateProblem(inDays(13), 14, now), /valid for 13 more days/)
  assert.match(certificateProblem(inDays(-1), 14, now), /no longer valid/)
})

test('the targets that ship can be read', async () => {
  const { addresses } = JSON.parse(await readFile('targets.json', 'utf8'))
  for (const address of addresses) assert.ok(URL.canParse(address), address)
})
