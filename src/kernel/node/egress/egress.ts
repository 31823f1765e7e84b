import { lookup } from 'node:dns/promises'
import type * as Undici from 'undici'
import { isFault } from '#kernel/common/fault'
import { cappedBody } from './capped-body.ts'
import { checkedConnector, type Resolve } from './checked-connector.ts'
import { egressFaults } from './egress-faults.ts'
import { redirectedRequest, type HopRequest } from './redirect.ts'

/** What may be called, and as whom. By default only public addresses. */
export interface EgressOptions {
  /** Lets 127.0.0.0/8, ::1 and `*.localhost` be called. Default false. */
  allowLoopback?: boolean
  /** Lets RFC 1918, RFC 6598 and RFC 4193 addresses be called. Link-local and metadata addresses stay refused. Default false. */
  allowPrivate?: boolean
  /** `host:port` pairs that may be called whatever their address is, e.g. `['git.corp.example:8443']`. */
  allow?: readonly string[]
  /** How names become addresses; the system's resolver unless told. */
  resolve?: Resolve
  userAgent?: string
}

interface EgressInit {
  method?: string
  headers?: ConstructorParameters<typeof Headers>[0]
  /** A text or bytes can be sent again after a redirect that keeps the method; a stream can't. */
  body?: string | Uint8Array | ReadableStream<Uint8Array> | null
  signal?: AbortSignal
  /** For the whole exchange, the reading of the answer included. Default 30 000. */
  timeoutMs?: number
  /** Largest answer, counted after decompression. Default 10 MiB. */
  maxBytes?: number
  /** `manual` gives the 3xx answer back. Default `follow`, at most 5 hops. */
  redirect?: 'follow' | 'manual'
}

/**
 * The platform's one way out by HTTP.
 *
 * - Only `http` and `https`, no `user:password@` in the URL.
 * - The address is judged when connecting, after DNS, at each hop: loopback, private, link-local, metadata and reserved ones are refused unless allowed.
 * - A redirect to another origin loses every header that is not known to be harmless, so no credential travels on.
 * - An answer with an error status is an answer, not a fault.
 */
export interface Egress extends AsyncDisposable {
  /**
   * Calls `url`.
   * @throws `kernel.egress.bad_url`, `kernel.egress.address_refused`, `kernel.egress.unreachable`, `kernel.egress.timeout`,
   *   `kernel.egress.too_many_redirects`; reading the body may throw `kernel.egress.too_large` or `kernel.egress.timeout`.
   *   When `init.signal` is aborted, its reason.
   */
  fetch(url: string | URL, init?: EgressInit): Promise<Response>
}

const MAX_REDIRECTS = 5
const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024
const CONNECT_TIMEOUT_MS = 10_000

/** Makes the one client for calls to the outside. Nothing is opened before the first call. */
export function createEgress(options: EgressOptions = {}): Egress {
  const policy = {
    allowLoopback: options.allowLoopback ?? false,
    allowPrivate: options.allowPrivate ?? false,
    allow: new Set((options.allow ?? []).map((entry) => entry.toLowerCase())),
  }
  const resolve = options.resolve ?? systemResolve
  // undici is loaded at the first call: a platform that calls nobody starts without it.
  let opened: Promise<{ undici: typeof Undici; agent: Undici.Agent }> | undefined
  const open = (): NonNullable<typeof opened> =>
    (opened ??= import('undici').then((undici) => ({
      undici,
      agent: new undici.Agent({ connect: checkedConnector(policy, resolve, undici.buildConnector, CONNECT_TIMEOUT_MS), keepAliveTimeout: 4_000 }),
    })))

  async function hop(request: HopRequest, signal: AbortSignal): Promise<Response> {
    const { undici, agent } = await open()
    const response = await undici.fetch(request.url, {
      method: request.method,
      headers: [...request.headers],
      ...(request.body === null ? {} : { body: request.body as never, duplex: 'half' }),
      signal,
      redirect: 'manual',
      dispatcher: agent,
    })
    return response as unknown as Response
  }

  return {
    fetch: async (url, init = {}) => {
      const timeoutMs = init.timeoutMs ?? DEFAULT_TIMEOUT_MS
      const timeout = AbortSignal.timeout(timeoutMs)
      const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout
      const headers = new Headers(init.headers)
      if (!headers.has('user-agent')) headers.set('user-agent', options.userAgent ?? 'fairway')
      let request: HopRequest = { url: assertCallable(url), method: (init.method ?? 'GET').toUpperCase(), headers, body: init.body ?? null }
      const translate = (error: unknown): unknown => translated(error, { host: request.url.host, timeoutMs, timeout, signal: init.signal })
      for (let hops = 0; ; hops++) {
        const response = await hop(request, signal).catch((error: unknown) => {
          throw translate(error)
        })
        const location = init.redirect === 'manual' ? null : redirectOf(response)
        if (location === null) return cappedBody(response, { url: request.url, maxBytes: init.maxBytes ?? DEFAULT_MAX_BYTES, translate })
        await response.body?.cancel()
        if (hops === MAX_REDIRECTS) throw egressFaults.too_many_redirects({ host: request.url.host, limit: MAX_REDIRECTS })
        request = redirectedRequest(request, response.status, assertCallable(location, request.url))
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (opened) await (await opened).agent.destroy()
    },
  }
}

/** @throws `kernel.egress.bad_url`. */
function assertCallable(url: string | URL, base?: URL): URL {
  const shown = String(url)
    .replace(/\/\/[^/?#]*@/, '//…@')
    .slice(0, 200)
  const parsed = URL.parse(String(url), base?.href)
  if (!parsed) throw egressFaults.bad_url({ url: shown, what: 'it is no URL' })
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') throw egressFaults.bad_url({ url: shown, what: 'only http and https are called' })
  if (parsed.username !== '' || parsed.password !== '') throw egressFaults.bad_url({ url: shown, what: 'a user or password in a URL is refused' })
  return parsed
}

function redirectOf(response: Response): string | null {
  return [301, 302, 303, 307, 308].includes(response.status) ? response.headers.get('location') : null
}

/** `localhost` and everything below it is this machine (RFC 6761), also where the system's resolver does not know. */
const systemResolve: Resolve = async (hostname) => {
  if (/(^|\.)localhost\.?$/i.test(hostname))
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]
  const found = await lookup(hostname, { all: true, order: 'verbatim' })
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))
}

function translated(error: unknown, hop: { host: string; timeoutMs: number; timeout: AbortSignal; signal: AbortSignal | undefined }): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isFault(cause)) return cause
  if (hop.signal?.aborted === true) return hop.signal.reason
  if (hop.timeout.aborted) return egressFaults.timeout({ host: hop.host, timeoutMs: hop.timeoutMs }, { cause: error })
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const what = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : 'no reason given'
  return egressFaults.unreachable({ host: hop.host, what }, { cause: error })
}
