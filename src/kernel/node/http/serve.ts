import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { httpFaults } from './http-faults.ts'
import { TextResponse } from './text-response.ts'

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
  const answer = async (request: Request, { outgoing }: HttpBindings): Promise<Response> => {
    const response = await options.fetch(request)
    const text = TextResponse.textOf(response)
    if (text === undefined) return response
    if (!outgoing.destroyed) writeText(outgoing as ServerResponse, response, text)
    return RESPONSE_ALREADY_SENT
  }
  const listener = getRequestListener(answer as Parameters<typeof getRequestListener>[0], { overrideGlobalObjects: false })
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

/** Header and body go out in one piece. */
function writeText(outgoing: ServerResponse, response: Response, text: string): void {
  const headers: OutgoingHttpHeaders = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  headers['content-length'] = Buffer.byteLength(text)
  outgoing.writeHead(response.status, headers)
  outgoing.end(text)
}
