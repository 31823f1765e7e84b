import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { createApp } from '../src/app.js'
import { createMemoryStore } from '../src/memory-store.js'
import { createTelemetry } from '../src/telemetry.js'

async function serve(t, store = createMemoryStore()) {
  const lines = []
  const telemetry = createTelemetry({ name: 'test', version: '1' })
  const app = createApp({ name: 'test', version: '1', store, telemetry, log: (level, message, fields) => lines.push({ level, message, ...fields }) })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${server.address().port}`, lines }
}

test('a visit is counted, and the answer tells the version', async (t) => {
  const { url } = await serve(t)
  await fetch(url)
  const response = await fetch(url)
  const body = await response.json()
  assert.equal(response.status, 200)
  assert.equal(body.visits, 2)
  assert.equal(body.version, '1')
})

test('readiness follows the database, liveness does not', async (t) => {
  const broken = { ...createMemoryStore(), ready: async () => Promise.reject(new Error('the database is away')) }
  const { url } = await serve(t, broken)
  assert.equal((await fetch(`${url}/healthz`)).status, 503)
  assert.equal((await fetch(`${url}/livez`)).status, 200)
})

test('a log line carries the trace of the caller', async (t) => {
  const { url, lines } = await serve(t)
  const traceId = 'a'.repeat(32)
  await fetch(url, { headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } })
  assert.equal(lines.at(-1).traceId, traceId)
})

test('a failure answers 500 without its details', async (t) => {
  const broken = { ...createMemoryStore(), recordVisit: async () => Promise.reject(new Error('password in here')) }
  const { url, lines } = await serve(t, broken)
  const response = await fetch(url)
  assert.equal(response.status, 500)
  assert.doesNotMatch(await response.text(), /password/)
  assert.equal(lines.filter((line) => line.level === 'error').length, 1)
})

test('an unknown path is a 404, a wrong method a 405', async (t) => {
  const { url } = await serve(t)
  assert.equal((await fetch(`${url}/nothing`)).status, 404)
  assert.equal((await fetch(`${url}/constructor`)).status, 404)
  assert.equal((await fetch(url, { method: 'POST' })).status, 405)
})
