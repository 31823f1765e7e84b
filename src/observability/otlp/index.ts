export { createOtlpIngest } from './otlp-ingest.ts'
export { severityName, severityNumberOf } from './otlp-log.ts'
export { otlpRoutes } from './otlp-routes.ts'
export { createWorkloadTokens, WORKLOAD_HEADER } from './workload-token.ts'
