import { request } from 'node:http'
import type { EndpointSource, WorkloadRef } from '#runtime/runtime'

const TIMEOUT_MS = 2_000

/** Sends one request of our own to a release; false: it failed. Null: there was nothing to ask. */
export type ReleaseProbe = (ref: WorkloadRef, path: string, host: string | null) => Promise<boolean | null>

/**
 * GET straight to a ready replica, past the ingress, as `fairway-probe`. An answer below 500 is good, as the ingress counts; one that is not whole in 2 s is not.
 * The address is a replica's own, which the runtime gave us: not a call to the outside, so not one for the egress client.
 */
export function releaseProbe(endpoints: EndpointSource): ReleaseProbe {
  let turn = 0
  return async (ref, path, host) => {
    const ready = endpoints.readyEndpoints(ref)
    const endpoint = ready[turn++ % Math.max(1, ready.length)]
    if (!endpoint) return null
    const leave = endpoint.enter()
    try {
      return await new Promise<boolean>((resolve) => {
        const headers = { 'user-agent': 'fairway-probe', ...(host === null ? {} : { host }) }
        const outgoing = request({ host: endpoint.host, port: endpoint.port, path, headers, agent: false }, (response) => {
          response.resume()
          response.once('close', () => resolve(response.complete && (response.statusCode ?? 500) < 500))
        })
        // For the whole of it: an answer that drips without end must not hold up the analysis.
        const late = setTimeout(() => outgoing.destroy(), TIMEOUT_MS)
        outgoing.once('close', () => clearTimeout(late))
        outgoing.on('error', () => resolve(false))
        outgoing.end()
      })
    } finally {
      leave()
    }
  }
}
