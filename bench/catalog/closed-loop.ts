import { Agent, request } from 'node:http'
import { quantile } from '../measure.ts'

/** One request of a load. */
export interface LoadRequest {
  method?: 'GET' | 'POST'
  /** With its query. */
  path: string
  /** Sent as JSON. */
  body?: unknown
}

/** What a round of load found. */
export interface LoadRound {
  requests: number
  perSecond: number
  p50Ms: number
  p95Ms: number
  p99Ms: number
  /** Mean size of an answer's body. */
  bodyBytes: number
}

/** Where the load goes. */
export interface LoadTarget {
  /** E.g. `http://127.0.0.1:7007`. */
  url: string
  token: string
}

/** Connections, each of which asks again as soon as it was answered. */
const CONNECTIONS = 8

/** Asks for `seconds` over 8 kept connections. @throws Error at the first answer that is not 200. */
export async function closedLoop(target: LoadTarget, next: () => LoadRequest, seconds: number): Promise<LoadRound> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const times: number[] = []
  let bytes = 0
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  const connection = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      const order = next()
      const sentAt = performance.now()
      const sizeBytes = await ask(target, order, agent)
      bytes += sizeBytes
      times.push(performance.now() - sentAt)
    }
  }
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  } finally {
    agent.destroy()
  }
  const took = (performance.now() - startedAt) / 1000
  return {
    requests: times.length,
    perSecond: times.length / took,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    p99Ms: quantile(times, 0.99),
    bodyBytes: bytes / times.length,
  }
}

function ask({ url, token }: LoadTarget, order: LoadRequest, agent: Agent): Promise<number> {
  const body = order.body === undefined ? undefined : JSON.stringify(order.body)
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  }
  return new Promise((resolve, reject) => {
    const asked = request(new URL(order.path, url), { agent, method: order.method ?? 'GET', headers }, (response) => {
      let sizeBytes = 0
      let text = ''
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length
        if (response.statusCode !== 200) text += chunk.toString()
      })
      response.on('end', () =>
        response.statusCode === 200
          ? resolve(sizeBytes)
          : reject(new Error(`${order.method ?? 'GET'} ${order.path} answered ${response.statusCode}: ${text.slice(0, 500)}`)),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
