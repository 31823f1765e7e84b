import { openDatabase } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'
import { makeProcessHarness } from './process-harness.ts'
import { ProcessRuntime } from './process-runtime.ts'

/**
 * A platform that does nothing but run workloads, as a program that a test can kill: database URL, data folder, then `component=program` each.
 * Writes `up` when all were ensured.
 */
const [url = '', dataDir = '', ...wishes] = process.argv.slice(2)
const { db } = openDatabase({ url, log: silentLogger })
const harness = await makeProcessHarness(db, dataDir)
const runtime = await ProcessRuntime.start(harness.deps, { checkMs: 100 })
for (const wish of wishes) {
  const [component = '', program = ''] = wish.split('=')
  await runtime.ensure(harness.specOf(program, component))
}
process.stdout.write('up\n')
