import { readFile, mkdtemp, rm, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linesOf, startProcess } from '#kernel/node/process'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryPipelineSource } from '../memory-pipeline-source.ts'
import { createPipelineFixture } from '../pipeline-fixture.ts'
import { readProcess } from '#kernel/node/process'

let database: TestDatabase
let dataDir: string
beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(path.join(tmpdir(), 'durable-'))
})
afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

const text = async (name: string): Promise<string> => await readFile(path.join(dataDir, name), 'utf8').catch(() => '')

/** Job `a` ends; job `b` hangs in its first attempt, with a child that left its process group, and passes in the second. */
const workflow = (): string => `
on: push
jobs:
  a:
    runs-on: x
    outputs: {word: "\${{ steps.w.outputs.word }}"}
    steps: [{id: w, run: "echo ran >> ${dataDir}/a; echo word=kept >> $GITHUB_OUTPUT"}]
  b:
    needs: a
    runs-on: x
    steps:
      - run: |
          echo "$$ \${{ needs.a.outputs.word }}" >> ${dataDir}/b
          if [ "$(wc -l < ${dataDir}/b)" = 1 ]; then
            setsid sh -c 'echo $$ > ${dataDir}/escaped; exec sleep 300' < /dev/null > /dev/null 2>&1 &
            sleep 300
          fi
`

describe('a platform that is killed in the middle of a job', () => {
  it('goes on after the restart: finished jobs stay, the interrupted one starts again, nothing of the dead runs on', async () => {
    const platform = await startProcess({
      command: process.execPath,
      args: [path.join(import.meta.dirname, 'durability-platform.ts'), database.url, dataDir, workflow()],
      graceMs: 0,
    })
    platform.stderr.resume()
    const runId = (await linesOf(platform.stdout).next()).value as string
    await expect.poll(async () => await text('escaped'), { timeout: 30_000, interval: 20 }).not.toBe('')
    process.kill(platform.pid, 'SIGKILL')
    const orphans = [Number((await text('b')).split(' ')[0]), Number(await text('escaped'))]
    await expect.poll(() => readProcess(platform.pid), { timeout: 5_000, interval: 5 }).toBeUndefined()
    for (const pid of orphans) expect(readProcess(pid)).toBeDefined()

    const source = new MemoryPipelineSource()
    source.commit('acme/orders', { '.github/workflows/ci.yml': workflow() })
    const startedAt = performance.now()
    await using fixture = await createPipelineFixture(database.db, { dataDir, source })
    await expect.poll(async () => (await fixture.pipelines.engine.get(runId)).state, { timeout: 20_000, interval: 10 }).toBe('completed')
    // Far below the lease: a dead process of this machine need not be waited for.
    expect(performance.now() - startedAt).toBeLessThan(10_000)

    const run = await fixture.pipelines.engine.get(runId)
    expect(run).toMatchObject({ conclusion: 'success', attempt: 1 })
    expect(await text('a')).toBe('ran\n')
    expect(
      (await text('b'))
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).toEqual(['kept', 'kept'])
    for (const pid of orphans) expect(readProcess(pid)).toBeUndefined()
    const log = await fixture.pipelines.engine.logs(runId, run.jobs[1]?.id ?? '', { from: 1, limit: 1_000 })
    expect(log.lines.map((line) => line.n)).toEqual(log.lines.map((_line, index) => index + 1))
    expect(log.lines.some((line) => line.text.includes('starts again from its beginning (attempt 2'))).toBe(true)
    expect(await readdir(path.join(dataDir, 'work', runId)).catch(() => [])).toEqual([])
    await expect.poll(() => fixture.finished.map((one) => one.id), { timeout: 5_000, interval: 10 }).toEqual([runId])
  })
})

describe('a platform that stops cleanly', () => {
  it('leaves its run to the next start, which goes on at once', async () => {
    await rm(path.join(dataDir, 'b'), { force: true })
    const source = new MemoryPipelineSource()
    const first = await createPipelineFixture(database.db, { dataDir, source })
    const run = await first.push(workflow(), { repository: 'acme/other' })
    await expect.poll(async () => await text('b'), { timeout: 30_000, interval: 20 }).not.toBe('')
    await first[Symbol.asyncDispose]()
    expect((await first.pipelines.engine.get(run.id)).state).toBe('running')
    await using second = await createPipelineFixture(database.db, { dataDir, source })
    expect(await second.done(run)).toMatchObject({ conclusion: 'success' })
  })
})

describe('executors at once', () => {
  it('share the queue: each job runs once', async () => {
    const source = new MemoryPipelineSource()
    await using one = await createPipelineFixture(database.db, { dataDir, source })
    await using two = await createPipelineFixture(database.db, { dataDir, source })
    const step = (n: number): string =>
      `on: push\njobs:\n  a: {runs-on: x, strategy: {matrix: {n: [1, 2]}}, steps: [{run: "echo ${n}-\${{ matrix.n }} >> ${dataDir}/shared"}]}\n`
    const runs = await Promise.all(Array.from({ length: 8 }, async (_, n) => await (n % 2 === 0 ? one : two).push(step(n), { repository: `acme/s${n}` })))
    for (const run of runs) expect((await one.done(run)).conclusion).toBe('success')
    expect((await text('shared')).trim().split('\n').sort()).toEqual(
      Array.from({ length: 8 }, (_, n) => [`${n}-1`, `${n}-2`])
        .flat()
        .sort(),
    )
  })
})
