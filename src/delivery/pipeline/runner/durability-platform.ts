import { openDatabase } from '#kernel/node/database'
import { silentLogger } from '#kernel/node/log'
import { createPipelineFixture } from '../pipeline-fixture.ts'

// A platform of its own, to be killed by the test: pushes one workflow and runs it until it dies.
const [url = '', dataDir = '', workflow = ''] = process.argv.slice(2)
const { db } = openDatabase({ url, log: silentLogger })
const fixture = await createPipelineFixture(db, { dataDir })
const run = await fixture.push(workflow)
process.stdout.write(`${run.id}\n`)
