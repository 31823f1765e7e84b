import type { TelemetrySource } from '#observability/store'
import { attributesAt, isObject, type Loose } from './otlp-value.ts'

/** Who sends, when a credential tells it; then what the telemetry says of itself does not count. */
export interface WorkloadIdentity {
  component: string
  environment: string
  release: string
  version: string
}

/** Reads the resource: columns for what we know, the rest as attributes of each item. */
export function sourceOf(holder: Loose, identity: WorkloadIdentity | undefined): { source: TelemetrySource; rest: Record<string, unknown> } {
  const resource = isObject(holder['resource']) ? attributesAt(holder['resource']) : {}
  const {
    'service.name': name,
    'service.version': version,
    'service.instance.id': instance,
    'deployment.environment.name': environment,
    // The older name of semantic conventions before 1.27.
    'deployment.environment': oldEnvironment,
    'fairway.release': release,
    ...rest
  } = resource
  return {
    source: {
      component: identity?.component ?? asText(name),
      environment: identity?.environment ?? (asText(environment) || asText(oldEnvironment)),
      release: identity?.release ?? asText(release),
      version: identity?.version ?? asText(version),
      instance: asText(instance),
    },
    rest,
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
