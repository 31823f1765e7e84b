import { createServer } from 'node:http'
import { createApp } from './app.js'
import { createMemoryStore } from './memory-store.js'
import { createPostgresStore } from './postgres-store.js'
import { readSettings } from './settings.js'
import { createTelemetry } from './telemetry.js'

const settings = readSettings(process.env)
const telemetry = createTelemetry(settings)

function log(level, message, fields = {}) {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`)
  telemetry.log(level, message, fields)
}

const store = settings.databaseUrl ? await createPostgresStore({ databaseUrl: settings.databaseUrl, log }) : createMemoryStore()
const server = createServer(createApp({ ...settings, store, telemetry, log }))
server.listen(settings.port, settings.host, () => {
  log('info', `${settings.name} ${settings.version} listens on port ${server.address().port}`, { storage: settings.databaseUrl ? 'postgres' : 'memory' })
})

let isStopping = false
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    if (isStopping) return
    isStopping = true
    log('info', `stopping on ${signal}`)
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), settings.drainMs).unref()
    await closed
    await store.close()
    await telemetry.close()
  })
}
