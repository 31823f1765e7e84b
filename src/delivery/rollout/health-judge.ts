/** What is known of a release's requests. */
interface HealthEvidence {
  requests: number
  /** Requests that failed: answers from 500 on. */
  errors: number
  latencyP95Ms: number | null
}

/** Who knows how a release is doing: observability. Rollouts own the question, so that neither has to know the other. */
export interface HealthJudge {
  /** Requests through the ingress since `since`. Nothing known is 0 of 0. */
  evidence(query: { component: string; environment: string; release: string; since: Date }): Promise<HealthEvidence>
  /** The objective for good requests, if the component has one; `target` 0 to 1. */
  objective(query: { component: string; environment: string }): Promise<{ slo: string; target: number } | null>
}
