import { createServer } from 'node:http'
import path from 'node:path'
import { indexFiles } from './files.js'
import { createSite } from './site.js'

const port = Number(process.env.PORT ?? 8080)
if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT must be a port number, not "${process.env.PORT}"`)
const log = (level, message, fields = {}) => process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`)

const files = await indexFiles(path.join(import.meta.dirname, '..', 'public'))
const server = createServer(createSite({ files, log }))
// All interfaces unless told: in a container that is what is wanted.
server.listen(port, process.env.HOST, () => log('info', `the site listens on port ${server.address().port}`, { files: files.size }))

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => log('info', `stopped on ${signal}`))
    server.closeIdleConnections()
    setTimeout(() => server.closeAllConnections(), 5000).unref()
  })
}
