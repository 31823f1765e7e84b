import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createMemoryQueue } from '../src/queue/memory-queue.js'
import { createPostgresQueue } from '../src/queue/postgres-queue.js'
import { afterFailure, HopelessError, retryDelayMs } from '../src/queue/queue-rules.js'

const databaseUrl = process.env.DATABASE_URL

/** A database of its own, gone afterwards. */
async function freshPostgresQueue() {
  const name = `queue_test_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: databaseUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  const queue = await createPostgresQueue({ databaseUrl: url.href, log: () => {} })
  return { queue, dispose: async () => (await queue.close(), await admin.query(`drop database ${name} with (force)`), await admin.end()) }
}

const makers = {
  memory: async () => ({ queue: createMemoryQueue(), dispose: async () => {} }),
  postgres: freshPostgresQueue,
}

for (const [name, make] of Object.entries(makers))
  describe(`a queue in ${name}`, { skip: name === 'postgres' && !databaseUrl ? 'DATABASE_URL leads to no database' : false }, () => {
    let queue
    let dispose
    // Each test has a kind of its own, so that they do not take each other's jobs.
    const kindOf = (t) => t.name
    const takeOne = async (kind, more = {}) => (await queue.take({ limit: 1, leaseMs: 60_000, kinds: [kind], ...more }))[0]
    before(async () => {
      ;({ queue, dispose } = await make())
    })
    after(async () => await dispose())

    test('a job goes from ready over running to done, with its result', async (t) => {
      const { id, state } = await queue.add({ kind: kindOf(t), payload: { a: 1 } })
      assert.equal(state, 'ready')
      const job = await takeOne(kindOf(t))
      assert.deepEqual([job.id, job.state, job.attempts, job.payload], [id, 'running', 1, { a: 1 }])
      assert.equal(await queue.finish(id, job.attempts, { b: 2 }), true)
      const done = await queue.find(id)
      assert.deepEqual([done.state, done.result, done.finishedAt instanceof Date], ['done', { b: 2 }, true])
      assert.equal(await takeOne(kindOf(t)), undefined)
    })

    test('jobs are taken in the order in which they are due, and not before', async (t) => {
      const add = (ms) => queue.add({ kind: kindOf(t), runAt: Date.now() + ms })
      const [, late, early] = [await add(60_000), await add(-1000), await add(-2000)]
      assert.deepEqual((await queue.take({ limit: 5, leaseMs: 60_000, kinds: [kindOf(t)] })).map((job) => job.id).sort(), [early.id, late.id].sort())
    })

    test('a key makes a job once', async (t) => {
      const [first, second] = [await queue.add({ kind: kindOf(t), key: 'welcome:7' }), await queue.add({ kind: kindOf(t), key: 'welcome:7' })]
      assert.deepEqual([first.isNew, second.isNew, second.id], [true, false, first.id])
    })

    test('of many that take at once, each job goes to one', async (t) => {
      for (let count = 0; count < 40; count++) await queue.add({ kind: kindOf(t) })
      const taken = (await Promise.all(Array.from({ length: 8 }, () => queue.take({ limit: 5, leaseMs: 60_000, kinds: [kindOf(t)] })))).flat()
      assert.equal(new Set(taken.map((job) => job.id)).size, taken.length)
      assert.equal(taken.length, 40)
    })

    test('whose lease has run out can not finish any more: another one has it', async (t) => {
      const { id } = await queue.add({ kind: kindOf(t) })
      const first = await takeOne(kindOf(t), { leaseMs: 1 })
      await sleep(10)
      const second = await takeOne(kindOf(t))
      assert.deepEqual([second.id, second.attempts], [id, 2])
      assert.equal(await queue.finish(id, first.attempts, 'first'), false)
      assert.equal(await queue.fail(id, first.attempts, 'first', { state: 'dead' }), false)
      assert.equal(await queue.extend(id, first.attempts, 60_000), false)
      assert.equal(await queue.extend(id, second.attempts, 60_000), true)
      assert.equal(await queue.finish(id, second.attempts, 'second'), true)
    })

    test('a failed job comes back after its pause', async (t) => {
      const { id } = await queue.add({ kind: kindOf(t) })
      await queue.fail(id, (await takeOne(kindOf(t))).attempts, 'boom', { state: 'ready', delayMs: 60_000 })
      assert.equal(await takeOne(kindOf(t)), undefined)
      assert.deepEqual([(await queue.find(id)).error, (await queue.find(id)).state], ['boom', 'ready'])
    })

    test('a dead letter is taken no more, until it is put back', async (t) => {
      const { id } = await queue.add({ kind: kindOf(t) })
      await queue.fail(id, (await takeOne(kindOf(t))).attempts, 'boom', { state: 'dead' })
      assert.equal(await takeOne(kindOf(t)), undefined)
      assert.ok((await queue.list({ state: 'dead', limit: 10 })).some((job) => job.id === id))
      assert.deepEqual([await queue.revive(id), await queue.revive(id)], [true, false])
      assert.equal((await takeOne(kindOf(t))).attempts, 1)
    })

    test('a job that takes its worker down each time ends as a dead letter', async (t) => {
      const { id } = await queue.add({ kind: kindOf(t), maxAttempts: 2 })
      for (let attempt = 0; attempt < 2; attempt++) {
        assert.equal((await takeOne(kindOf(t), { leaseMs: 1 })).id, id)
        await sleep(10)
      }
      assert.equal(await takeOne(kindOf(t)), undefined)
      assert.deepEqual([(await queue.find(id)).state, (await queue.find(id)).error], ['dead', 'its worker died'])
    })

    test('who listens hears of a new job', { timeout: 10_000 }, async (t) => {
      let unlisten
      const heard = new Promise((resolve) => {
        unlisten = queue.onAdded(resolve)
      })
      // The ear may not be there yet: what is not heard is seen by looking.
      const adding = setInterval(() => void queue.add({ kind: kindOf(t) }), 50)
      await heard
      clearInterval(adding)
      unlisten()
    })

    test('done jobs are forgotten, others are not', async (t) => {
      const [done, open] = [await queue.add({ kind: kindOf(t), runAt: Date.now() - 1 }), await queue.add({ kind: kindOf(t) })]
      await queue.finish(done.id, (await takeOne(kindOf(t))).attempts, null)
      await queue.forget(Date.now() + 60_000)
      assert.deepEqual([await queue.find(done.id), (await queue.find(open.id))?.id], [undefined, open.id])
    })
  })

test('pauses grow, to ten minutes and a bit', () => {
  assert.deepEqual([1, 2, 3, 4].map((attempts) => retryDelayMs(attempts, 0)), [1000, 2000, 4000, 8000])
  assert.deepEqual([retryDelayMs(40, 0), retryDelayMs(40, 1)], [600_000, 900_000])
})

test('a job is dead when its attempts are over, or when there is no hope', () => {
  assert.equal(afterFailure({ attempts: 4, maxAttempts: 5 }, new Error('x'), 0).state, 'ready')
  assert.equal(afterFailure({ attempts: 5, maxAttempts: 5 }, new Error('x'), 0).state, 'dead')
  assert.equal(afterFailure({ attempts: 1, maxAttempts: 5 }, new HopelessError('x'), 0).state, 'dead')
})
