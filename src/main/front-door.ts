import path from 'node:path'
import { databaseFaults, isConnectionFailure } from '#kernel/node/database'
import { createRouter, serveHttp, type Route, type RouterDeps } from '#kernel/node/http'
import type { Telemetry } from '#kernel/node/telemetry'
import type { Foundation } from './foundation.ts'
import { portalFiles } from './portal-files.ts'
import { requestMetrics, requestSpans } from './request-telemetry.ts'

export interface FrontDoor extends AsyncDisposable {
  /** Where API and portal are reached, e.g. `http://127.0.0.1:7007`. */
  url: string
  /** From now on requests go to the routes. */
  open(routes: readonly Route[], deps: Pick<RouterDeps, 'authenticate' | 'authorize'> & { telemetry: Telemetry }): void
}

/**
 * Binds the port of API and portal. Until it is opened, callers hear 503 with a time to come back.
 * @throws `kernel.http.port_taken`.
 */
export async function openFrontDoor(base: Foundation): Promise<FrontDoor> {
  const { host, port } = base.settings
  let answer = async (request: Request): Promise<Response> =>
    new URL(request.url).pathname === '/healthz'
      ? Response.json({ status: 'ok' })
      : new Response('The platform is starting.\n', { status: 503, headers: { 'retry-after': '1', 'content-type': 'text/plain' } })
  const server = await serveHttp({ host, port, setting: 'FAIRWAY_PORT', fetch: async (request) => await answer(request) })
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${server.port}`,
    open: (routes, { authenticate, authorize, telemetry }) => {
      answer = createRouter(routes, {
        authenticate,
        authorize,
        log: base.log,
        translate: (error) => (isConnectionFailure(error) ? databaseFaults.unavailable({}, { cause: error, retryAfterSeconds: 1 }) : undefined),
        observe: requestMetrics(telemetry),
        around: requestSpans(telemetry),
        fallback: portalFiles(path.join(base.checkout, 'dist', 'portal')),
      })
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
