import { writeSync } from 'node:fs'
import { systemClock } from '#kernel/common/clock'
import { openDatabase } from '#kernel/node/database'
import { createLogger } from '#kernel/node/log'
import { startChangeEngine } from '#platform/change'
import { sampleDrivers, sampleKind, TableJournal } from './sample-change.ts'

/** A process that carries out sample changes until it is told to stop, or kills itself at a point of a change: `node change-executor.ts URL [POINT]`. */
const [databaseUrl = '', point = ''] = process.argv.slice(2)
const startedAt = performance.now()
const log = createLogger({ level: 'warn' })
const { db } = openDatabase({ url: databaseUrl, log, poolSize: 6 })
const engine = await startChangeEngine({
  databaseUrl,
  db,
  journal: new TableJournal(),
  clock: systemClock,
  log,
  kinds: { sample: sampleKind },
  drivers: sampleDrivers(db, String(process.pid)),
  policies: { evaluate: async () => [] },
  chaosPoint: (name) => {
    if (name === point) process.kill(process.pid, 'SIGKILL')
  },
})
writeSync(1, `${JSON.stringify({ launchMs: Math.round(performance.now() - startedAt), rssBytes: process.memoryUsage().rss, executorId: engine.executorId })}\n`)
process.once('SIGTERM', () => {
  void engine[Symbol.asyncDispose]().then(() => process.exit(0))
})
