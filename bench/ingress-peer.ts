import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { quantile } from './measure.ts'

/** What the client's process is asked. */
export interface LoadOrder {
  port: number
  host: string
  requests: number
  concurrency: number
}

/** What it answers. */
export interface LoadResult {
  perSecond: number
  p50Ms: number
  p99Ms: number
}

// Entry of two processes of the measure `ingress`: `serve` is the workload, `load` the client; so neither shares a thread with the ingress.
if (process.argv[2] === 'serve') serve()
if (process.argv[2] === 'load') process.on('message', (order: LoadOrder) => void load(order).then((result) => process.send?.(result)))
process.on('disconnect', () => process.exit(0))

function serve(): void {
  const body = Buffer.from(JSON.stringify({ status: 'ok', text: 'x'.repeat(1_000) }))
  const server = createServer({ keepAliveTimeout: 60_000 }, (_incoming, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.concurrency })
  const times: number[] = []
  let left = order.requests
  const startedAt = performance.now()
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const sentAt = performance.now()
      await get(order, agent)
      times.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: order.concurrency }, client))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  return { perSecond: order.requests / seconds, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) }
}

function get(order: LoadOrder, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: '127.0.0.1', port: order.port, path: '/', headers: { host: order.host } }, (response) => {
      response.resume()
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`))))
    })
    asked.on('error', reject)
    asked.end()
  })
}
