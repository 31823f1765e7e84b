import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Database } from '#kernel/node/database'
import { httpFaults } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { EndpointSource } from '#runtime/runtime'
import { ingressLimits, Proxy, type IngressLimits, type ProxyDeps } from './proxy.ts'
import type { RequestSample } from './request-sample.ts'
import { RouteTable } from './route-table.ts'
import { passUpgrade } from './upgrade.ts'

/** What the ingress works with. */
export interface IngressDeps {
  db: Database
  journal: Journal
  log: Logger
  /** The runtime. */
  endpoints: EndpointSource
  /** Called once for each request to a published host, when it has ended. Must not throw and not block. */
  onRequest: (sample: RequestSample) => void
}

/** The door to the workloads. */
export interface Ingress extends AsyncDisposable {
  readonly routes: RouteTable
  readonly host: string
  readonly port: number
}

/**
 * Loads the routes and listens. Requests go by host to a ready replica of a release that is chosen by weight.
 * Disposing takes no more requests, gives running ones 2 s, then cuts them.
 * @throws `kernel.http.port_taken`.
 */
export async function startIngress(deps: IngressDeps, options: { host: string; port: number; limits?: Partial<IngressLimits> }): Promise<Ingress> {
  const routes = await RouteTable.load(deps.db, deps.journal)
  const proxyDeps: ProxyDeps = { routes, endpoints: deps.endpoints, onRequest: deps.onRequest, limits: { ...ingressLimits, ...options.limits } }
  const proxy = new Proxy(proxyDeps)
  const sockets = new Set<{ destroy(): void }>()
  const server = createServer({ keepAliveTimeout: 60_000, headersTimeout: 30_000, requestTimeout: 600_000, maxHeaderSize: 32 * 1024 }, (incoming, response) =>
    proxy.handle(incoming, response),
  )
  server.on('upgrade', (incoming, socket, head) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    passUpgrade(proxyDeps, incoming, socket, head)
  })
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  deps.log.info('the ingress listens', { url: `http://${options.host}:${port}`, count: routes.listRoutes().length })
  return {
    routes,
    host: options.host,
    port,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), 2_000)
      for (const socket of sockets) socket.destroy()
      await closed
      clearTimeout(cut)
      proxy.close()
    },
  }
}

function listen(server: Server, options: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(isTaken ? httpFaults.port_taken({ ...options, setting: 'FAIRWAY_INGRESS_PORT' }, { cause: error }) : error)
    })
    server.listen(options.port, options.host, resolve)
  })
}
