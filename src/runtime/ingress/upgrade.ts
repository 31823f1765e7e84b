import { request as startRequest, STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { findTarget, type ProxyDeps } from './proxy.ts'
import { hostOf, requestHeaders } from './proxy-headers.ts'

/** Passes a connection upgrade (WebSocket, RFC 6455) on to a replica and joins the two connections until one ends. */
export function passUpgrade(deps: ProxyDeps, incoming: IncomingMessage, client: Duplex, head: Buffer): void {
  const startedAt = performance.now()
  const at = new Date()
  const target = findTarget(deps, hostOf(incoming))
  client.on('error', () => client.destroy())
  if (!('endpoint' in target)) return refuse(client, target.status)
  const { route, release, endpoint } = target
  const { headers, traceId } = requestHeaders(incoming, { isUpgrade: true })
  const leave = endpoint.enter()
  let status = 502
  let bytesOut = 0
  client.once('close', () => {
    leave()
    outgoing.destroy()
    const path = (incoming.url ?? '/').split('?')[0] ?? '/'
    deps.onRequest({
      at,
      component: route.component,
      environment: route.environment,
      release,
      version: endpoint.version,
      method: incoming.method ?? 'GET',
      path,
      status,
      durationMs: performance.now() - startedAt,
      traceId,
      bytesOut,
    })
  })
  const outgoing = startRequest({
    host: endpoint.host,
    port: endpoint.port,
    method: incoming.method,
    path: incoming.url,
    headers,
    agent: false,
    setHost: false,
  })
  outgoing.setTimeout(deps.limits.answerTimeoutMs, () => outgoing.destroy())
  outgoing.once('error', () => refuse(client, 502))
  outgoing.once('response', (answer) => {
    status = answer.statusCode ?? 502
    client.write(headOf(answer, { Connection: 'close' }))
    answer.pipe(client)
  })
  outgoing.once('upgrade', (answer, replica: Duplex, firstBytes: Buffer) => {
    status = 101
    outgoing.setTimeout(0)
    client.write(headOf(answer, { 'Fairway-Release': release, 'Fairway-Version': endpoint.version }))
    if (firstBytes.length > 0) client.write(firstBytes)
    if (head.length > 0) replica.write(head)
    replica.on('data', (chunk: Buffer) => {
      bytesOut += chunk.length
    })
    replica.on('error', () => client.destroy())
    replica.once('close', () => client.destroy())
    client.once('close', () => replica.destroy())
    // A side that has said its last word ends both: a half-open WebSocket is of no use to anybody.
    client.once('end', () => replica.end(() => client.destroy()))
    replica.pipe(client)
    client.pipe(replica)
  })
  outgoing.end()
}

function refuse(client: Duplex, status: number): void {
  if (client.destroyed) return
  client.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function headOf(answer: IncomingMessage, more: Record<string, string>): string {
  const lines: string[] = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index] ?? ''
    const isReplaced = Object.keys(more).some((other) => other.toLowerCase() === name.toLowerCase())
    if (!isReplaced && !/^(transfer-encoding|keep-alive)$/i.test(name)) lines.push(`${name}: ${answer.rawHeaders[index + 1]}`)
  }
  for (const [name, value] of Object.entries(more)) lines.push(`${name}: ${value}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
