import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { createApp, gaugesOf } from '../src/app.js'
import { jobs as shipped } from '../src/jobs/index.js'
import { createMetrics } from '../src/metrics.js'
import { createMemoryQueue } from '../src/queue/memory-queue.js'
import { HopelessError } from '../src/queue/queue-rules.js'
import { createTelemetry } from '../src/telemetry.js'
import { startWorker } from '../src/worker.js'

function begin(t, jobs, more = {}) {
  const lines = []
  const parts = { queue: createMemoryQueue(), metrics: createMetrics(), telemetry: createTelemetry({}), log: (level, message) => lines.push({ level, message }) }
  const worker = startWorker({ ...parts, jobs, concurrency: 2, pollMs: 5, ...more })
  t.after(() => worker.stop({ graceMs: 0 }))
  return { ...parts, worker, lines }
}

async function settled(queue, id, states = ['done', 'dead']) {
  for (;;) {
    const job = await queue.find(id)
    if (states.includes(job.state)) return job
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('a job is done, told, and counted', async (t) => {
  const { queue, metrics, lines } = begin(t, { add: async ({ a, b }) => a + b })
  const { id } = await queue.add({ kind: 'add', payload: { a: 1, b: 2 } })
  assert.equal((await settled(queue, id)).result, 3)
  await new Promise((resolve) => setTimeout(resolve, 10))
  assert.match(metrics.prometheusText([]), /jobs_total\{kind="add",outcome="done"\} 1/)
  assert.ok(lines.some(({ message }) => message === `job ${id} (add) is done`))
})

test('a failure is tried again; when the attempts are over, or without hope, it is a dead letter with its error', async (t) => {
  const { queue } = begin(t, {
    fails: async () => Promise.reject(new Error('boom')),
    hopeless: async () => Promise.reject(new HopelessError('no')),
  })
  const [retried, over, hopeless] = [await queue.add({ kind: 'fails' }), await queue.add({ kind: 'fails', maxAttempts: 1 }), await queue.add({ kind: 'hopeless' })]
  assert.deepEqual([(await settled(queue, over.id)).error, (await settled(queue, hopeless.id)).error], ['boom', 'no'])
  const again = await settled(queue, retried.id, ['ready'])
  assert.ok(again.runAt > Date.now())
})

test('no more are worked on at once than may be', async (t) => {
  let now = 0
  let most = 0
  const { queue } = begin(t, {
    slow: async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 10))
      now--
    },
  })
  const added = await Promise.all(Array.from({ length: 8 }, () => queue.add({ kind: 'slow' })))
  for (const { id } of added) await settled(queue, id)
  assert.equal(most, 2)
})

test('a job whose lease is renewed is not taken over, however long it takes', async (t) => {
  let runs = 0
  const { queue } = begin(t, { long: async () => (runs++, await new Promise((resolve) => setTimeout(resolve, 150)), 'whole') }, { leaseMs: 30 })
  const { id } = await queue.add({ kind: 'long' })
  assert.deepEqual([(await settled(queue, id)).result, runs], ['whole', 1])
})

test('a stop lets jobs end; what takes too long is given back for another worker', async (t) => {
  const { queue, worker } = begin(t, {
    quick: async () => await new Promise((resolve) => setTimeout(() => resolve('whole'), 30)),
    endless: async (_, { signal }) => await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  const [quick, endless] = [await queue.add({ kind: 'quick' }), await queue.add({ kind: 'endless' })]
  for (const { id } of [quick, endless]) await settled(queue, id, ['running'])
  await worker.stop({ graceMs: 100 })
  assert.deepEqual([(await queue.find(quick.id)).state, (await queue.find(endless.id)).state], ['done', 'ready'])
})

async function serve(t, more = {}) {
  const queue = createMemoryQueue()
  const app = createApp({ name: 'test', version: '1', queue, kinds: ['digest'], maxAttempts: 3, metrics: createMetrics(), log: () => {}, ...more })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const ask = async (path, body) => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, body === undefined ? {} : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
    const text = await response.text()
    return { status: response.status, text, body: response.headers.get('content-type').includes('json') ? JSON.parse(text) : undefined }
  }
  return { queue, ask }
}

test('jobs come in by HTTP, once for a key, and tell how they are', async (t) => {
  const { ask } = await serve(t)
  const job = { kind: 'digest', payload: { text: 'x' }, key: 'one' }
  const [first, second] = [await ask('/jobs', job), await ask('/jobs', job)]
  assert.deepEqual([first.status, second.status, second.body.id], [202, 200, first.body.id])
  assert.deepEqual([(await ask(`/jobs/${first.body.id}`)).body.maxAttempts, (await ask('/jobs/999')).status], [3, 404])
  assert.equal((await ask('/jobs?state=ready')).body.items.length, 1)
})

test('what is no job is refused', async (t) => {
  const { ask } = await serve(t)
  for (const [body, status] of [['{', 400], [{ kind: 'nothing' }, 422], [{ kind: 'digest', payload: [] }, 422], [{ kind: 'digest', key: 1 }, 422], [{ kind: 'digest', delaySeconds: -1 }, 422]])
    assert.equal((await ask('/jobs', body)).status, status, JSON.stringify(body))
  assert.deepEqual([(await ask('/jobs?state=x')).status, (await ask('/jobs?limit=0')).status, (await ask('/nothing')).status, (await ask('/metrics', {})).status], [400, 400, 404, 405])
})

test('a dead letter can be put back by HTTP, another job can not', async (t) => {
  const { ask, queue } = await serve(t)
  const { id } = (await ask('/jobs', { kind: 'digest' })).body
  assert.equal((await ask(`/jobs/${id}/retry`, {})).status, 409)
  await queue.take({ limit: 1, leaseMs: 1000, kinds: ['digest'] })
  await queue.fail(id, 1, 'boom', { state: 'dead' })
  assert.equal((await ask(`/jobs/${id}/retry`, {})).body.state, 'ready')
})

test('readiness follows the queue', async (t) => {
  const { ask } = await serve(t, { queue: { ready: async () => Promise.reject(new Error('the database is away')) } })
  assert.deepEqual([(await ask('/healthz')).status, (await ask('/livez')).status], [503, 200])
})

test('metrics are what Prometheus and OTLP read', () => {
  const metrics = createMetrics()
  metrics.count('jobs_total', { kind: 'a"b', outcome: 'done' })
  metrics.observe('job_wait_seconds', { kind: 'x' }, 0.3)
  metrics.observe('job_wait_seconds', { kind: 'x' }, 9999)
  const text = metrics.prometheusText(gaugesOf({ ready: 2, running: 0, dead: 1 }))
  for (const line of ['# TYPE jobs gauge', 'jobs{state="ready"} 2', 'jobs{state="dead"} 1', 'jobs_total{kind="a\\"b",outcome="done"} 1', 'job_wait_seconds_bucket{kind="x",le="0.5"} 1', 'job_wait_seconds_bucket{kind="x",le="+Inf"} 2', 'job_wait_seconds_count{kind="x"} 2'])
    assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`)
  const [, , dead, counted, timed] = metrics.otlp(gaugesOf({ ready: 2, running: 0, dead: 1 }), 0, 1)
  assert.equal(dead.gauge.dataPoints[0].asInt, '1')
  assert.equal(counted.sum.dataPoints[0].asInt, '1')
  assert.equal(timed.histogram.dataPoints[0].bucketCounts.reduce((sum, count) => sum + Number(count), 0), 2)
})

test('digest hashes a text, and has no hope without one', async () => {
  assert.equal((await shipped.digest({ text: 'abc' })).sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  await assert.rejects(shipped.digest({}), HopelessError)
})

test('notify posts a message; an answer of 4xx has no hope, one of 5xx has', async (t) => {
  let status = 200
  const seen = []
  const server = createServer(async (request, response) => {
    seen.push({ key: request.headers['idempotency-key'], body: Buffer.concat(await request.toArray()).toString() })
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const run = () => shipped.notify({ url: `http://127.0.0.1:${server.address().port}/hook`, message: 'hi' }, { signal: new AbortController().signal, id: '7' })
  assert.deepEqual(await run(), { status: 200 })
  assert.deepEqual(seen[0], { key: '7', body: '{"message":"hi"}' })
  status = 404
  await assert.rejects(run(), HopelessError)
  status = 503
  await assert.rejects(run(), (error) => !(error instanceof HopelessError))
  await assert.rejects(shipped.notify({ url: 'file:///etc/passwd' }, {}), HopelessError)
})
