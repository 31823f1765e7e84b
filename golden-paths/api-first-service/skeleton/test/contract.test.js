import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { createApp } from '../src/app.js'
import { readContract } from '../src/contract.js'
import { createOperations } from '../src/operations.js'
import { createOrderStore } from '../src/order-store.js'
import { createTelemetry } from '../src/telemetry.js'

const contractText = await readFile('openapi.yaml', 'utf8')
const contract = readContract(contractText)
const [newOrder] = contract.document.components.schemas.NewOrder.examples
const absent = '/orders/ord_ffffffffffffffff'

/** Every answer that openapi.yaml promises, and what brings it about. Add a line with each promise. */
const cases = [
  { operation: 'createOrder', status: 201, ask: () => ['POST', '/orders', newOrder] },
  { operation: 'createOrder', status: 400, ask: () => ['POST', '/orders', { customer: '', lines: [] }] },
  { operation: 'listOrders', status: 200, ask: () => ['GET', '/orders?state=open&limit=5'] },
  { operation: 'listOrders', status: 400, ask: () => ['GET', '/orders?limit=0'] },
  { operation: 'getOrder', status: 200, ask: (id) => ['GET', `/orders/${id}`] },
  { operation: 'getOrder', status: 400, ask: () => ['GET', '/orders/1'] },
  { operation: 'getOrder', status: 404, ask: () => ['GET', absent] },
  { operation: 'cancelOrder', status: 200, ask: (id) => ['POST', `/orders/${id}/cancellation`] },
  { operation: 'cancelOrder', status: 400, ask: () => ['POST', '/orders/1/cancellation'] },
  { operation: 'cancelOrder', status: 404, ask: () => ['POST', `${absent}/cancellation`] },
]

let url
let server
let id
const lines = []

async function serve(more = {}) {
  const store = createOrderStore()
  const log = (level, message) => lines.push({ level, message })
  const started = createServer(createApp({ contract, contractText, operations: createOperations({ store }), store, telemetry: createTelemetry({}), log, ...more })).listen(0, '127.0.0.1')
  await once(started, 'listening')
  return started
}

async function ask(method, path, body, at = url) {
  const response = await fetch(at + path, { method, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, text, body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined }
}

before(async () => {
  server = await serve()
  url = `http://127.0.0.1:${server.address().port}`
  id = (await ask('POST', '/orders', newOrder)).body.id
})
after(() => server.close())

for (const { operation, status, ask: how } of cases)
  test(`${operation} answers ${status} as promised`, async () => {
    const [method, path, body] = how(id)
    assert.equal(contract.match(method, path.split('?')[0]).operation?.id, operation)
    const answer = await ask(method, path, body)
    assert.equal(answer.status, status)
    const promised = contract.operations.find((candidate) => candidate.id === operation)
    assert.deepEqual(promised.checkAnswer(answer), [])
    assert.ok(answer.type.startsWith(promised.typeOf(status)))
  })

test('every promise is tried', () => {
  const promised = contract.operations.flatMap(({ id: operation, statuses }) => statuses.map((status) => `${operation} ${status}`))
  assert.deepEqual(cases.map(({ operation, status }) => `${operation} ${status}`).sort(), promised.sort())
})

test('a bad request is told every wrong field at once', async () => {
  const { body } = await ask('POST', '/orders', { customer: '', lines: [{ sku: 'tea', quantity: 0 }, { sku: 'cup' }], note: 'x' })
  assert.deepEqual(body.errors.map(({ field }) => field).sort(), ['body.customer', 'body.lines[0].quantity', 'body.lines[1].quantity', 'body.note'])
  assert.deepEqual((await ask('GET', '/orders?limit=x&colour=red')).body.errors.map(({ field }) => field).sort(), ['query.colour', 'query.limit'])
  assert.equal((await ask('POST', '/orders')).body.errors[0].field, 'body')
  assert.match((await ask('POST', '/orders', '{')).body.detail, /no JSON/)
})

test('query parameters come as what they stand for, with their defaults', async () => {
  for (let count = 0; count < 25; count++) await ask('POST', '/orders', newOrder)
  assert.equal((await ask('GET', '/orders')).body.items.length, 20)
  assert.equal((await ask('GET', '/orders?limit=3')).body.items.length, 3)
  assert.ok((await ask('GET', '/orders?state=cancelled')).body.items.every((order) => order.state === 'cancelled'))
})

test('where a new order is, is told', async () => {
  const { headers, body } = await ask('POST', '/orders', newOrder)
  assert.equal(headers.get('location'), `/orders/${body.id}`)
})

test('what the contract does not know is a 404 or a 405', async () => {
  assert.equal((await ask('GET', '/nothing')).status, 404)
  const refused = await ask('DELETE', '/orders')
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET, POST'])
})

test('an answer that breaks the contract is a 500, or only told where that is asked for', async (t) => {
  const operations = { ...createOperations({ store: createOrderStore() }), listOrders: async () => ({ status: 200, body: { items: [{ id: 1 }] } }) }
  for (const [brokenAnswers, status] of [['refuse', 500], ['log', 200]]) {
    const broken = await serve({ operations, brokenAnswers })
    t.after(() => broken.close())
    lines.length = 0
    assert.equal((await ask('GET', '/orders', undefined, `http://127.0.0.1:${broken.address().port}`)).status, status)
    assert.match(lines.find((line) => line.level === 'error').message, /listOrders answers what openapi\.yaml does not promise: .*body\.items\[0\]\.id/)
  }
})

test('a promise that nobody carries out stops the start', async () => {
  await assert.rejects(serve({ operations: {} }), /listOrders, createOrder, getOrder, cancelOrder/)
})

test('the contract itself is served, and probes answer', async () => {
  assert.equal((await ask('GET', '/openapi.yaml')).text, contractText)
  assert.deepEqual([(await ask('GET', '/healthz')).status, (await ask('GET', '/livez')).status], [200, 200])
})
