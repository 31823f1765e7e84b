import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { createApp } from './app.js'
import { readContract } from './contract.js'
import { createOperations } from './operations.js'
import { createOrderStore } from './order-store.js'
import { readSettings } from './settings.js'
import { createTelemetry } from './telemetry.js'

const manifest = JSON.parse(await readFile(path.join(import.meta.dirname, '..', 'package.json'), 'utf8'))
const settings = readSettings(process.env, manifest)
const telemetry = createTelemetry(settings)

function log(level, message, fields = {}) {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`)
  telemetry.log(level, message, fields)
}

const contractText = await readFile(path.join(import.meta.dirname, '..', 'openapi.yaml'), 'utf8')
const contract = readContract(contractText)
const store = createOrderStore()
const server = createServer(createApp({ ...settings, contract, contractText, operations: createOperations({ store }), store, telemetry, log }))
server.listen(settings.port, settings.host, () => {
  log('info', `${settings.name} ${settings.version} listens on port ${server.address().port}`, { operations: contract.operations.length })
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
    await telemetry.close()
  })
}
