import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faults } from '#kernel/common/fault'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createPipelineFixture, type PipelineFixture } from '../pipeline-fixture.ts'

const shopFaults = faults('test.release', {
  bad_score: { status: 422, title: 'Bad', retry: 'no', detail: () => 'the score file has 1 fault' },
})

let database: TestDatabase
let fixture: PipelineFixture
let told = 0

beforeAll(async () => {
  database = await createTestDatabase()
  fixture = await createPipelineFixture(database.db, {
    onRunFinished: async () => {
      told++
      throw shopFaults.bad_score({}, { errors: [{ field: 'containers', message: 'is missing', file: 'score.yaml', line: 3 }] })
    },
  })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

describe('a green run that is refused as a release', () => {
  it('says so by file and line, stays green, and is told once', async () => {
    const run = await fixture.push('on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: echo}]\n')
    await fixture.done(run)
    const now = async () => await fixture.pipelines.engine.get(run.id)
    await expect.poll(async () => (await now()).annotations.length, { timeout: 20_000, interval: 20 }).toBe(2)
    expect(await now()).toMatchObject({
      conclusion: 'success',
      release: null,
      annotations: [
        { level: 'error', message: 'No release was made: the score file has 1 fault' },
        { level: 'error', message: 'containers: is missing', file: 'score.yaml', line: 3 },
      ],
    })
    const { rows } = await sql<{ finish_due_at: Date | null }>`select finish_due_at from pipeline_run where id = ${run.id}`.execute(database.db)
    expect(rows[0]?.finish_due_at).toBeNull()
    expect(told).toBe(1)
  })
})
