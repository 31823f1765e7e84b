/** One request through the ingress, when it has ended. */
export interface RequestSample {
  at: Date
  component: string
  environment: string
  /** Release that answered; empty when none could. */
  release: string
  version: string
  method: string
  /** Path without query. */
  path: string
  /** As the client saw it; 499 when it went away before the answer began, 101 for a connection that was upgraded. */
  status: number
  durationMs: number
  /** 32 hex digits, of the `traceparent` that the workload saw; empty when no replica was asked. */
  traceId: string
  bytesOut: number
}
