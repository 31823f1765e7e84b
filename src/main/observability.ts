import path from 'node:path'
import { Secret } from '#kernel/common/secret'
import type { Caller, Permission, ResourceRef, Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Telemetry } from '#kernel/node/telemetry'
import { createLogIngest, logRoutes, type LogIngest } from '#observability/log'
import { createOtlpIngest, createWorkloadTokens, otlpRoutes, WORKLOAD_HEADER } from '#observability/otlp'
import { RequestHealth, RequestMetrics, requestRoutes, startRequestFlush } from '#observability/request'
import { createSlos, type SloDeps } from '#observability/slo'
import { DuckdbTelemetryStore, startRetention } from '#observability/store'
import { traceRoutes } from '#observability/trace'
import type { Foundation } from './foundation.ts'

export interface Observability {
  health: RequestHealth
  metrics: RequestMetrics
  logs: LogIngest
  /** Value of `OTEL_EXPORTER_OTLP_HEADERS` with which a release may send telemetry, in its own name alone. */
  telemetryHeader(ref: { component: string; environment: string; release: string }, version: string): Secret
  routes: Route[]
}

export interface ObservabilityNeeds {
  telemetry: Telemetry
  journal: Journal
  authorize: (caller: Caller, permission: Permission, resource: ResourceRef) => Promise<{ isAllowed: boolean; reason: string }>
  slos: SloDeps['slos']
  /** Signs the tokens of workloads; the same after a restart, as adopted workloads keep theirs. */
  tokenKey: Secret
}

/** Telemetry in and out. The store opens when it is first asked; the platform tells it about itself too. */
export function startObservability(base: Foundation, needs: ObservabilityNeeds, stack: AsyncDisposableStack): Observability {
  const { clock, log, db } = base
  const store = stack.use(new DuckdbTelemetryStore({ folder: path.join(base.settings.dataDir, 'telemetry'), log }))
  stack.use(startRetention({ store, clock, log }))
  const metrics = new RequestMetrics({ clock })
  const slos = createSlos({ db, store, clock, log, journal: needs.journal, slos: needs.slos })
  stack.use(startRequestFlush({ metrics, store, clock, log, onFlush: (rows, minute) => slos.feed(rows, minute) }))
  stack.use(slos.start())
  const ingest = createOtlpIngest({ store, clock })
  const logs = stack.use(createLogIngest({ store, log }))
  const workloadTokens = createWorkloadTokens(needs.tokenKey)
  needs.telemetry.connect(async (signal, request) => void (await ingest.take(signal, request)))
  return {
    health: new RequestHealth({ metrics, store, objective: (query) => slos.objective(query) }),
    metrics,
    logs,
    telemetryHeader: (ref, version) => new Secret(`${WORKLOAD_HEADER}=${workloadTokens.issue({ ...ref, version }).reveal()}`),
    routes: [
      ...otlpRoutes({
        ingest,
        authenticateWorkload: (token) => workloadTokens.identify(token),
        authorize: needs.authorize,
        allowsAnonymous: false,
        meter: needs.telemetry.meter,
      }),
      ...requestRoutes({ metrics, store, clock }),
      ...logRoutes({ store, ingest: logs, clock }),
      ...traceRoutes({ store, clock }),
      ...slos.routes,
    ],
  }
}
