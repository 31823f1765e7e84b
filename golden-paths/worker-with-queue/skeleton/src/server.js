import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { createApp, gaugesOf } from './app.js'
import { jobs } from './jobs/index.js'
import { createMetrics } from './metrics.js'
import { createMemoryQueue } from './queue/memory-queue.js'
import { createPostgresQueue } from './queue/postgres-queue.js'
import { readSettings } from './settings.js'
import { createTelemetry } from './telemetry.js'
import { startWorker } from './worker.js'

const METRICS_EVERY_MS = 15_000
const DAY_MS = 86_400_000

const manifest = JSON.parse(await readFile(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'))
const settings = readSettings(process.env, manifest)
const telemetry = createTelemetry(settings)
const metrics = createMetrics()
const startedAt = Date.now()

function log(level, message, fields = {}) {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`)
  telemetry.log(level, message, fields)
}

const queue = settings.databaseUrl ? await createPostgresQueue({ databaseUrl: settings.databaseUrl, log, poolSize: settings.concurrency + 4 }) : createMemoryQueue()
const worker = startWorker({ queue, jobs, concurrency: settings.concurrency, log, telemetry, metrics })
const server = createServer(createApp({ ...settings, queue, kinds: Object.keys(jobs), metrics, log }))
server.listen(settings.port, settings.host, () => {
  log('info', `${settings.name} ${settings.version} listens on port ${server.address().port}`, { storage: settings.databaseUrl ? 'postgres' : 'memory', concurrency: settings.concurrency })
})

async function sendMetrics() {
  await telemetry.metrics(metrics.otlp(gaugesOf(await queue.counts()), startedAt))
}
const quietly = (work) => () => void work().catch((error) => log('warn', error.message))
const timers = [
  setInterval(quietly(sendMetrics), METRICS_EVERY_MS),
  setInterval(quietly(() => queue.forget(Date.now() - settings.keepDoneDays * DAY_MS)), 3_600_000),
]

let isStopping = false
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    if (isStopping) return
    isStopping = true
    log('info', `stopping on ${signal}`)
    for (const timer of timers) clearInterval(timer)
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), settings.drainMs).unref()
    await worker.stop({ graceMs: settings.drainMs })
    await closed
    await sendMetrics().catch(() => {})
    await queue.close()
    await telemetry.close()
  })
}
