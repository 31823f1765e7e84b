import { afterAll, beforeAll } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { pipelineEngineContract } from './pipeline-engine-contract.ts'
import { createPipelineFixture, type PipelineFixture } from './pipeline-fixture.ts'

let database: TestDatabase
let fixture: PipelineFixture
beforeAll(async () => {
  database = await createTestDatabase()
  fixture = await createPipelineFixture(database.db)
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

pipelineEngineContract('fairway', async () => ({
  engine: fixture.pipelines.engine,
  prepare: async (workflow) => {
    const repository = 'acme/contract'
    return { repository, commit: fixture.source.commit(repository, { '.github/workflows/ci.yml': workflow }), ref: 'refs/heads/main' }
  },
}))
