import { Agent, request as startRequest, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Endpoint, EndpointSource } from '#runtime/runtime'
import type { Fault } from '#kernel/common/fault'
import { answerFault } from './error-answer.ts'
import { chooseBackend, ingressFaults, type IngressRoute } from './ingress-route.ts'
import { hostOf, requestHeaders, responseHeaders } from './proxy-headers.ts'
import type { RequestSample } from './request-sample.ts'
import type { RouteTable } from './route-table.ts'

/** What a request may cost. */
export interface IngressLimits {
  /** Time until a replica begins to answer. */
  answerTimeoutMs: number
  /** Silence on an answer that has begun; event streams send a comment more often. */
  idleTimeoutMs: number
  bodyBytes: number
}

/** What a request may cost when nothing else is said. */
export const ingressLimits: IngressLimits = { answerTimeoutMs: 60_000, idleTimeoutMs: 300_000, bodyBytes: 256 * 1024 * 1024 }

/** What passing requests on works with. */
export interface ProxyDeps {
  routes: RouteTable
  endpoints: EndpointSource
  /** Called once for each request, when it has ended. Must not throw and not block. */
  onRequest: (sample: RequestSample) => void
  limits: IngressLimits
}

/** Where a request goes. */
export interface Target {
  route: IngressRoute
  release: string
  endpoint: Endpoint
}

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']) // RFC 9110 §9.2.2
let turn = 0

/** Finds a replica for a host; one that is in `tried` is not taken again. */
export function findTarget(deps: Pick<ProxyDeps, 'routes' | 'endpoints'>, host: string, tried: readonly Endpoint[] = [], release?: string): Target | Fault {
  const route = deps.routes.getRoute(host)
  if (!route) return ingressFaults.unknown_host({ host })
  const { component, environment } = route
  const endpointsOf = (name: string): readonly Endpoint[] => deps.endpoints.readyEndpoints({ component, environment, release: name })
  const chosen = release ?? chooseBackend(route.backends, (name) => endpointsOf(name).length > 0, Math.random())?.release
  const free = chosen === undefined ? [] : endpointsOf(chosen).filter((endpoint) => !tried.some((other) => other.instance === endpoint.instance))
  const endpoint = free[turn++ % Math.max(1, free.length)]
  return chosen === undefined || !endpoint ? ingressFaults.no_backend({ component, environment }) : { route, release: chosen, endpoint }
}

/** Passes requests on to replicas, streaming both ways. */
export class Proxy {
  readonly #deps: ProxyDeps
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: 0 })

  constructor(deps: ProxyDeps) {
    this.#deps = deps
  }

  close(): void {
    this.#agent.destroy()
  }

  handle(incoming: IncomingMessage, response: ServerResponse): void {
    const target = findTarget(this.#deps, hostOf(incoming))
    if (!('endpoint' in target)) {
      const route = this.#deps.routes.getRoute(hostOf(incoming))
      if (route) this.#observe(incoming, response, { route, release: '', version: '', traceId: '' })
      return answerFault(incoming, response, target)
    }
    const { limits } = this.#deps
    if (Number(incoming.headers['content-length'] ?? 0) > limits.bodyBytes)
      return answerFault(incoming, response, ingressFaults.too_large({ limitBytes: limits.bodyBytes }))
    const { headers, traceId } = requestHeaders(incoming, { isUpgrade: false })
    this.#observe(incoming, response, { route: target.route, release: target.release, version: target.endpoint.version, traceId })
    this.#forward(incoming, response, target, headers, [])
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, target: Target, headers: string[], tried: readonly Endpoint[]): void {
    const { endpoint, route, release } = target
    const leave = endpoint.enter()
    const place = { component: route.component, environment: route.environment }
    const outgoing = startRequest({
      host: endpoint.host,
      port: endpoint.port,
      method: incoming.method,
      path: incoming.url,
      headers,
      agent: this.#agent,
      setHost: false,
    })
    let fault: Fault | undefined
    let hasSent = false
    const onClientGone = (): void => void outgoing.destroy()
    response.once('close', onClientGone)
    const settle = (): void => {
      response.off('close', onClientGone)
      leave()
    }
    outgoing.setTimeout(this.#deps.limits.answerTimeoutMs, () => {
      fault = ingressFaults.slow({ ...place, seconds: this.#deps.limits.answerTimeoutMs / 1_000 })
      outgoing.destroy()
    })
    outgoing.once('response', (answer) => {
      outgoing.setTimeout(this.#deps.limits.idleTimeoutMs)
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, responseHeaders(answer, { release, version: endpoint.version }))
      answer.pipe(response)
      answer.once('close', () => {
        settle()
        if (!answer.complete) response.destroy()
      })
    })
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      settle()
      if (fault === undefined) {
        // Nothing was sent to a replica that refused; an idle connection that it had just closed is only safe to try again for what may be repeated.
        const isRefused = error.code === 'ECONNREFUSED' && !hasSent
        const isStale = outgoing.reusedSocket && !hasBody(incoming) && REPEATABLE.has(incoming.method ?? '')
        const mayRetry = !response.destroyed && !response.headersSent && tried.length < 3 && (isRefused || isStale)
        const next = mayRetry ? findTarget(this.#deps, route.host, isRefused ? [...tried, endpoint] : tried, release) : undefined
        if (next && 'endpoint' in next) return this.#forward(incoming, response, next, headers, [...tried, endpoint])
        fault ??= next && 'code' in next ? next : ingressFaults.broken(place, { cause: error })
      }
      if (!response.destroyed) answerFault(incoming, response, fault)
    })
    if (!hasBody(incoming)) return void outgoing.end()
    this.#sendBody(
      incoming,
      outgoing,
      (tooLarge) => {
        fault = tooLarge
        outgoing.destroy(tooLarge)
      },
      () => {
        hasSent = true
      },
    )
  }

  /** The body begins to flow when the connection stands, so that a refused one has taken nothing of it. */
  #sendBody(incoming: IncomingMessage, outgoing: ClientRequest, onTooLarge: (fault: Fault) => void, onFlow: () => void): void {
    const { bodyBytes } = this.#deps.limits
    outgoing.once('socket', (socket) => {
      const flow = (): void => {
        onFlow()
        incoming.pipe(outgoing)
        let sizeBytes = 0
        incoming.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length
          if (sizeBytes > bodyBytes) onTooLarge(ingressFaults.too_large({ limitBytes: bodyBytes }))
        })
      }
      if (socket.connecting) socket.once('connect', flow)
      else flow()
    })
  }

  #observe(incoming: IncomingMessage, response: ServerResponse, about: { route: IngressRoute; release: string; version: string; traceId: string }): void {
    const startedAt = performance.now()
    const at = new Date()
    const socket = response.socket
    const writtenBefore = socket?.bytesWritten ?? 0
    response.once('close', () => {
      const url = incoming.url ?? '/'
      const query = url.indexOf('?')
      this.#deps.onRequest({
        at,
        component: about.route.component,
        environment: about.route.environment,
        release: about.release,
        version: about.version,
        method: incoming.method ?? 'GET',
        path: query === -1 ? url : url.slice(0, query),
        status: response.headersSent ? response.statusCode : 499,
        durationMs: performance.now() - startedAt,
        traceId: about.traceId,
        bytesOut: (socket?.bytesWritten ?? writtenBefore) - writtenBefore,
      })
    })
  }
}

function hasBody(incoming: IncomingMessage): boolean {
  return incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0
}
