import { createTestDatabase } from '#harness'
import { runtimeContract } from '../runtime-contract.ts'
import { makeProcessHarness } from './process-harness.ts'
import { ProcessRuntime } from './process-runtime.ts'

for (const withVolumes of [true, false]) {
  runtimeContract(`process ${withVolumes ? 'with' : 'without'} volumes`, async () => {
    const database = await createTestDatabase()
    const harness = await makeProcessHarness(database.db)
    const volumeFolder = withVolumes ? async (id: string) => `${harness.dataDir}/volumes/${id}` : undefined
    const runtime = await ProcessRuntime.start({ ...harness.deps, volumeFolder }, { checkMs: 100 })
    return {
      runtime,
      specOf: (program) => harness.specOf(program),
      [Symbol.asyncDispose]: async () => {
        await runtime.close({ stopWorkloads: true })
        await database[Symbol.asyncDispose]()
        await harness.remove()
      },
    }
  })
}
