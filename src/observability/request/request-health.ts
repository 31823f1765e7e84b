import type { TelemetryStore } from '#observability/store'
import { latencyQuantile } from './latency.ts'
import type { RequestMetrics } from './request-metrics.ts'

/** What the judge of a release's health works with. */
export interface RequestHealthDeps {
  metrics: RequestMetrics
  store: TelemetryStore
  /** The objective that holds for a component in an environment, when there is one. */
  objective: (query: { component: string; environment: string }) => Promise<{ slo: string; target: number } | null>
}

/** What rollouts ask before they go on: how a release has answered the requests that the ingress sent to it. */
export class RequestHealth {
  readonly #deps: RequestHealthDeps

  constructor(deps: RequestHealthDeps) {
    this.#deps = deps
  }

  /**
   * Requests to a release since an instant; errors are answers with 5xx. `latencyP95Ms` is of the other answers, null without any. What happened
   * before a restart of the platform is taken from the store (up to ten seconds before a crash may be missing).
   */
  async evidence(query: {
    component: string
    environment: string
    release: string
    since: Date
  }): Promise<{ requests: number; errors: number; latencyP95Ms: number | null }> {
    const { since, ...filter } = query
    const total = this.#deps.metrics.total(filter, since)
    const heldSinceUs = this.#deps.metrics.heldSinceSeconds * 1e6
    if (since.getTime() * 1000 < heldSinceUs) {
      const earlier = await this.#deps.store.requests({ ...filter, fromUs: since.getTime() * 1000, toUs: heldSinceUs, stepSeconds: 3_600 })
      for (const row of earlier) {
        addTo(total.statuses, row.statuses)
        addTo(total.latencies, row.latencies)
      }
    }
    const requests = total.statuses.reduce((sum, count) => sum + count, 0)
    return { requests, errors: total.statuses[4] ?? 0, latencyP95Ms: latencyQuantile(total.latencies, 0.95) }
  }

  objective(query: { component: string; environment: string }): Promise<{ slo: string; target: number } | null> {
    return this.#deps.objective(query)
  }
}

function addTo(sum: number[], more: readonly number[]): void {
  for (const [index, count] of more.entries()) sum[index] = (sum[index] ?? 0) + count
}
