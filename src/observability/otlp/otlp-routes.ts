import { toProblem } from '#kernel/common/fault'
import { httpFaults, PLATFORM, rawRoute, type Caller, type Permission, type RawInput, type ResourceRef, type Route } from '#kernel/node/http'
import type { Meter, TelemetrySignal } from '#kernel/node/telemetry'
import { telemetryFaults } from '#observability/store'
import { acceptedAnswer, failedAnswer } from './otlp-answer.ts'
import { formatOf, readOtlpBody } from './otlp-body.ts'
import { otlpFaults } from './otlp-faults.ts'
import type { OtlpIngest } from './otlp-ingest.ts'
import type { WorkloadIdentity } from './otlp-source.ts'
import { WORKLOAD_HEADER } from './workload-token.ts'

/** What the OTLP routes work with. */
export interface OtlpRouteDeps {
  ingest: OtlpIngest
  /** Who holds a workload's token. */
  authenticateWorkload: (token: string) => WorkloadIdentity | undefined
  authorize: (caller: Caller, permission: Permission, resource: ResourceRef) => Promise<{ isAllowed: boolean; reason: string }>
  /**
   * Whether a sender without any credential is believed. Only where nobody but this machine's own processes can reach the port; such a sender may
   * speak in any component's name. What decides about rollouts and objectives comes from the ingress, never from here.
   */
  allowsAnonymous: boolean
  meter?: Meter
}

/** Bodies that are held in memory at once, each of up to 20 MiB. */
const MAX_AT_ONCE = 16

const SIGNALS: readonly TelemetrySignal[] = ['traces', 'metrics', 'logs']

/** OTLP/HTTP: `POST /v1/traces`, `/v1/metrics`, `/v1/logs`. Answered after the data is durable. */
export function otlpRoutes(deps: OtlpRouteDeps): Route[] {
  const items = deps.meter?.counter('fairway.otlp.items', { description: 'Items taken and rejected by OTLP', unit: '{item}' })
  let underWay = 0
  return SIGNALS.map((signal) =>
    rawRoute({
      method: 'POST',
      path: `/v1/${signal}`,
      operation: `otlp.${signal}`,
      summary: `Take ${signal} by OTLP/HTTP`,
      tag: 'telemetry',
      // The credential is a workload's as a rule, which the router does not know: checked in `senderOf`.
      permission: 'public',
      errors: [...Object.values(otlpFaults), telemetryFaults.overloaded, telemetryFaults.unavailable],
      handle: async (input) => {
        const format = formatOf(input.request)
        try {
          const sender = await senderOf(input, deps)
          if (!format) throw otlpFaults.unsupported_media_type({ type: input.request.headers.get('content-type')?.slice(0, 100) ?? '' })
          if (underWay >= MAX_AT_ONCE) throw otlpFaults.busy({ limit: MAX_AT_ONCE }, { retryAfterSeconds: 1 })
          underWay++
          const result = await readOtlpBody(input.request)
            .then((body) => deps.ingest.takeBody(signal, format, body, sender))
            .finally(() => underWay--)
          items?.add(result.acceptedCount, { signal, outcome: 'accepted' })
          if (result.rejectedCount > 0) items?.add(result.rejectedCount, { signal, outcome: 'rejected' })
          return acceptedAnswer(format, signal, result.rejectedCount, result.reason)
        } catch (error) {
          const problem = toProblem(error, input.requestId)
          return failedAnswer(format ?? 'json', { ...problem, status: httpStatusOf(problem) })
        }
      },
    }),
  )
}

/** @throws `observability.otlp.unauthenticated`, `kernel.http.forbidden`. */
async function senderOf(input: RawInput, deps: OtlpRouteDeps): Promise<WorkloadIdentity | undefined> {
  const token = input.request.headers.get(WORKLOAD_HEADER)
  if (token !== null) {
    const identity = deps.authenticateWorkload(token)
    if (!identity) throw otlpFaults.unauthenticated({})
    return identity
  }
  const caller = input.caller
  if (caller) {
    const verdict = await deps.authorize(caller, 'telemetry:write', PLATFORM)
    if (!verdict.isAllowed)
      throw httpFaults.forbidden({ principal: caller.principal, permission: 'telemetry:write', resource: 'the platform', reason: verdict.reason })
  } else if (!deps.allowsAnonymous) throw otlpFaults.unauthenticated({})
  return undefined
}

/** OTLP/HTTP answers a wrong content type with 415, which is no status of a fault. */
function httpStatusOf(problem: { status: number; code: string }): number {
  return problem.code === otlpFaults.unsupported_media_type.code || problem.code === otlpFaults.unsupported_encoding.code ? 415 : problem.status
}
