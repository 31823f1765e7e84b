import { http } from './client.ts'
import type * as s from './shapes/index.ts'
import type { ChangeState } from './shapes/index.ts'

const v1 = '/api/v1'
const part = encodeURIComponent
type Signal = AbortSignal | undefined

export interface ChangeFilter {
  state?: readonly ChangeState[] | undefined
  component?: string | undefined
  environment?: string | undefined
  kind?: string | undefined
  requestedBy?: string | undefined
  limit?: number
  cursor?: string | undefined
}

export interface TelemetryRange {
  component: string
  environment?: string | undefined
  from: string
  to: string
}

/** The HTTP API as functions, one for each operation that the portal uses. Swapped for the generated client as a whole. */
export const api = {
  me: (signal: Signal) => http.get<s.Me>(`${v1}/me`, {}, signal),
  signIn: (code: string) => http.post<{ principal: string; displayName: string }>(`${v1}/session`, { code }),
  signOut: () => http.remove<undefined>(`${v1}/session`),

  tokens: (signal: Signal) => http.get<s.Page<s.TokenInfo>>(`${v1}/tokens`, {}, signal),
  createToken: (body: { name: string; scopes: string[]; ttlSeconds: number }) => http.post<s.NewToken>(`${v1}/tokens`, body),
  revokeToken: (id: string) => http.remove<undefined>(`${v1}/tokens/${part(id)}`),

  events: (query: { after?: string; limit?: number; subject?: string | undefined; type?: string | undefined; newestFirst?: boolean }, signal: Signal) =>
    http.get<s.Page<s.EventItem>>(`${v1}/events`, query, signal),
  verifyAudit: (signal: Signal) => http.get<s.AuditVerdict>(`${v1}/audit/verify`, {}, signal),

  matrix: (signal: Signal) => http.get<s.Matrix>(`${v1}/environments/matrix`, {}, signal),
  changes: (filter: ChangeFilter, signal: Signal) => http.get<s.Page<s.Change>>(`${v1}/changes`, { ...filter }, signal),
  change: (id: string, signal: Signal) => http.get<s.Change>(`${v1}/changes/${part(id)}`, {}, signal),
  approvals: (signal: Signal) => http.get<s.Page<s.Change>>(`${v1}/approvals`, {}, signal),
  plan: (kind: string, input: Record<string, unknown>) => http.post<s.Plan>(`${v1}/plans`, { kind, input }),
  deploy: (body: { component: string; environment: string; release?: string; reason?: string }, key: string) =>
    http.post<s.Change>(`${v1}/deployments`, body, { 'idempotency-key': key }),
  promote: (body: { component: string; from: string; to: string }, key: string) => http.post<s.Change>(`${v1}/promotions`, body, { 'idempotency-key': key }),
  rollBack: (body: { component: string; environment: string; reason: string }, key: string) =>
    http.post<s.Change>(`${v1}/rollbacks`, body, { 'idempotency-key': key }),
  approve: (id: string, planHash: string, comment?: string) =>
    http.post<s.Change>(`${v1}/changes/${part(id)}/approve`, { planHash, ...(comment === undefined ? {} : { comment }) }),
  reject: (id: string, planHash: string, reason: string) => http.post<s.Change>(`${v1}/changes/${part(id)}/reject`, { planHash, reason }),
  cancel: (id: string) => http.post<s.Change>(`${v1}/changes/${part(id)}/cancel`, {}),

  entities: (query: { kind?: string; owner?: string; q?: string; cursor?: string | undefined; limit?: number }, signal: Signal) =>
    http.get<s.Page<s.Entity>>(`${v1}/entities`, query, signal),
  entity: (kind: string, namespace: string, name: string, signal: Signal) =>
    http.get<s.EntityDetail>(`${v1}/entities/${part(kind)}/${part(namespace)}/${part(name)}`, {}, signal),
  search: (q: string, limit: number, signal: Signal) => http.get<s.Page<s.SearchHit>>(`${v1}/search`, { q, limit }, signal),
  templates: (signal: Signal) => http.get<s.Page<s.TemplateInfo>>(`${v1}/templates`, {}, signal),
  template: (namespace: string, name: string, signal: Signal) => http.get<s.TemplateInfo>(`${v1}/templates/${part(namespace)}/${part(name)}`, {}, signal),
  previewCreation: (template: string, values: Record<string, unknown>) => http.post<s.CreationPreview>(`${v1}/creations/preview`, { template, values }),
  create: (template: string, values: Record<string, unknown>, key: string) =>
    http.post<s.Change>(`${v1}/creations`, { template, values }, { 'idempotency-key': key }),

  file: (repository: string, ref: string, path: string, signal: Signal) => {
    const [owner = '', name = ''] = repository.split('/')
    return http.get<{ content: string }>(`${v1}/repositories/${part(owner)}/${part(name)}/file`, { ref, path }, signal)
  },
  releases: (query: { component?: string; limit?: number }, signal: Signal) => http.get<s.Page<s.Release>>(`${v1}/releases`, query, signal),
  release: (id: string, signal: Signal) => http.get<s.Release>(`${v1}/releases/${part(id)}`, {}, signal),
  artifact: (digest: string, signal: Signal) => http.get<s.Artifact>(`${v1}/artifacts/${part(digest)}`, {}, signal),
  runs: (query: { component?: string; state?: string; branch?: string; cursor?: string | undefined; limit?: number }, signal: Signal) =>
    http.get<s.Page<s.Run>>(`${v1}/runs`, query, signal),
  run: (id: string, signal: Signal) => http.get<s.Run>(`${v1}/runs/${part(id)}`, {}, signal),
  cancelRun: (id: string) => http.post<s.Run>(`${v1}/runs/${part(id)}/cancel`),
  rerun: (id: string) => http.post<s.Run>(`${v1}/runs/${part(id)}/rerun`),
  runLog: (id: string, job: string, from: number, signal: Signal) =>
    http.get<s.LogChunk>(`${v1}/runs/${part(id)}/jobs/${part(job)}/log`, { from, limit: 5000 }, signal),

  workloads: (query: { component?: string; environment?: string }, signal: Signal) => http.get<s.Page<s.Workload>>(`${v1}/workloads`, query, signal),
  resources: (query: { component?: string; environment?: string }, signal: Signal) => http.get<s.Page<s.ResourceInfo>>(`${v1}/resources`, query, signal),
  regions: (signal: Signal) => http.get<s.Page<s.CloudRegion>>(`${v1}/cloud/regions`, {}, signal),
  accounts: (signal: Signal) => http.get<s.Page<s.CloudAccount>>(`${v1}/cloud/accounts`, {}, signal),

  requests: (range: TelemetryRange & { stepSeconds: number }, signal: Signal) => http.get<s.RequestSeries>(`${v1}/telemetry/requests`, { ...range }, signal),
  logs: (range: TelemetryRange & { level?: string; q?: string; limit?: number; cursor?: string | undefined }, signal: Signal) =>
    http.get<s.Page<s.LogRecord>>(`${v1}/telemetry/logs`, { ...range }, signal),
  traces: (range: TelemetryRange & { limit?: number }, signal: Signal) => http.get<s.Page<s.TraceSummary>>(`${v1}/telemetry/traces`, { ...range }, signal),
  trace: (id: string, signal: Signal) => http.get<{ spans: s.Span[] }>(`${v1}/telemetry/traces/${part(id)}`, {}, signal),
  slos: (component: string | undefined, signal: Signal) => http.get<s.Page<s.Slo>>(`${v1}/slos`, { component }, signal),
}
