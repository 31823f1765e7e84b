import { request } from 'node:http'

/** What the users of a service saw while the walk watched. */
export interface TrafficTally {
  /** Answers below 500, by the version that gave them. */
  served: Record<string, number>
  /** Answers of 500 and above, and cut connections, by version (`none` when nobody answered). */
  failed: Record<string, number>
  /** The longest time in which nobody was served, in milliseconds. */
  longestGapMs: number
}

/**
 * Plays the users of a service: a few requests a second through the ingress, as a browser would send them, until disposed.
 * The version comes from the ingress's `fairway-version` answer header.
 */
export function startUserTraffic(options: { ingressUrl: string; host: string; perSecond?: number }): { tally: TrafficTally } & AsyncDisposable {
  const tally: TrafficTally = { served: {}, failed: {}, longestGapMs: 0 }
  let lastServedAt = performance.now()
  const target = new URL(options.ingressUrl)
  const inFlight = new Set<Promise<void>>()
  const timer = setInterval(
    () => {
      const one = requestOnce(target, options.host).then(({ status, version }) => {
        const side = status < 500 ? tally.served : tally.failed
        side[version] = (side[version] ?? 0) + 1
        if (status >= 500) return
        tally.longestGapMs = Math.max(tally.longestGapMs, performance.now() - lastServedAt)
        lastServedAt = performance.now()
      })
      inFlight.add(one)
      void one.finally(() => inFlight.delete(one))
    },
    1000 / (options.perSecond ?? 40),
  )
  return {
    tally,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await Promise.all(inFlight)
    },
  }
}

/** One GET of `/` at a host name of the ingress. Never throws: nobody answering is status 599. */
export async function requestOnce(target: URL, host: string): Promise<{ status: number; version: string; body: string }> {
  return await new Promise((resolve) => {
    const outgoing = request(
      { host: target.hostname, port: target.port, path: '/', headers: { host: `${host}:${target.port}` }, timeout: 5_000 },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 599, version: String(response.headers['fairway-version'] ?? 'none'), body }))
        response.on('error', () => resolve({ status: 599, version: 'none', body }))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => resolve({ status: 599, version: 'none', body: '' }))
    outgoing.end()
  })
}
