import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** RFC 9110 §7.6.1: of one connection only, never passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** W3C Trace Context level 1. */
const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** Headers for the replica, and the id of the trace that the request belongs to. Names and values in pairs, as node has them raw. */
export function requestHeaders(incoming: IncomingMessage, options: { isUpgrade: boolean }): { headers: string[]; traceId: string } {
  const headers: string[] = []
  const named = namedByConnection(incoming.headers.connection)
  const forwarded = incoming.headers['x-forwarded-for']
  const given = TRACEPARENT.exec(incoming.headers.traceparent as string)
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    if (HOP_BY_HOP.has(lower) || named.has(lower) || lower.startsWith('x-forwarded-') || lower === 'expect') continue
    if (lower === 'traceparent' && !given) continue
    headers.push(name, incoming.rawHeaders[index + 1] ?? '')
  }
  const client = incoming.socket.remoteAddress ?? ''
  headers.push('X-Forwarded-For', forwarded === undefined ? client : `${String(forwarded)}, ${client}`)
  headers.push('X-Forwarded-Proto', 'http', 'X-Forwarded-Host', incoming.headers.host ?? '')
  // A body of unknown length comes in chunks, and goes on so.
  if (incoming.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked')
  if (options.isUpgrade) headers.push('Connection', 'Upgrade', 'Upgrade', incoming.headers.upgrade ?? '')
  const traceId = given?.[1] ?? randomBytes(16).toString('hex')
  if (!given) headers.push('traceparent', `00-${traceId}-${randomBytes(8).toString('hex')}-01`)
  return { headers, traceId }
}

/** Headers for the client. */
export function responseHeaders(answer: IncomingMessage, chosen: { release: string; version: string }): string[] {
  const headers: string[] = []
  const named = namedByConnection(answer.headers.connection)
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    if (!HOP_BY_HOP.has(lower) && !named.has(lower)) headers.push(name, answer.rawHeaders[index + 1] ?? '')
  }
  headers.push('Fairway-Release', chosen.release, 'Fairway-Version', chosen.version)
  return headers
}

/** The host that was asked for, without port, lower case; of an IPv6 literal, its brackets included. */
export function hostOf(incoming: IncomingMessage): string {
  const header = (incoming.headers.host ?? '').toLowerCase()
  return header.replace(/:\d*$/, '').replace(/\.$/, '')
}

function namedByConnection(header: string | undefined): ReadonlySet<string> {
  return header === undefined || /^(keep-alive|close)$/i.test(header) ? NONE : new Set(header.toLowerCase().split(/\s*,\s*/))
}

const NONE: ReadonlySet<string> = new Set()
