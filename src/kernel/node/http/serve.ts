import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { httpFaults } from './http-faults.ts'

export interface RunningServer extends AsyncDisposable {
  port: number
  host: string
  server: Server
}

/**
 * Listens. `setting` names the setting to change when the port is taken.
 * Disposing stops taking requests, gives running ones `graceMs`, then cuts them.
 * @throws `kernel.http.port_taken`.
 */
export async function serveHttp(options: {
  host: string
  port: number
  setting: string
  fetch: (request: Request) => Promise<Response>
  graceMs?: number
}): Promise<RunningServer> {
  const listener = getRequestListener(options.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => void listener(request, response))
  // A git push or a live log may take long; idle sockets must still go away.
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' ? httpFaults.port_taken({ port: options.port, host: options.host, setting: options.setting }, { cause: error }) : error,
      )
    })
    server.listen(options.port, options.host, resolve)
  })
  return {
    server,
    host: options.host,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), options.graceMs ?? 1_000)
      await closed
      clearTimeout(cut)
    },
  }
}
