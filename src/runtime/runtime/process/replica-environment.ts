import path from 'node:path'
import { Secret } from '#kernel/common/secret'
import type { WorkloadSpec } from '../runtime.ts'
import { secretPathsOf } from '../workload-spec.ts'
import { INSTANCE_MARK, OWNER_MARK } from './marked-processes.ts'

/** What a replica is given besides its own wishes. */
export interface ReplicaIdentity {
  instance: string
  /** Where it has to listen; a run of a schedule listens nowhere. */
  port: number | undefined
  /** Of a run of a schedule, its time. */
  scheduledAt?: Date | undefined
  /** Data folder of the platform that owns the replica. */
  owner: string
  otlpEndpoint: string | undefined
}

/** Reads every secret that the spec refers to. */
export async function resolveSecrets(spec: WorkloadSpec, resolve: (path: string) => Promise<Secret>): Promise<Map<string, Secret>> {
  return new Map(await Promise.all(secretPathsOf(spec).map(async (secretPath) => [secretPath, await resolve(secretPath)] as const)))
}

/**
 * The whole environment of a replica: what may be inherited, identity, then the workload's own values, which win, but for `PORT` and the marks.
 * `node` is found first on PATH as the platform's own. The only place where a secret is revealed; the result goes to the child alone.
 */
export function replicaEnvironment(
  spec: WorkloadSpec,
  identity: ReplicaIdentity,
  secrets: ReadonlyMap<string, Secret>,
  inherited: Readonly<Record<string, string>>,
): Record<string, string> {
  const reveal = (secretPath: string): string => secrets.get(secretPath)?.reveal() ?? ''
  const own = Object.entries(spec.environment).map(([name, entry]): [string, string] => {
    if ('value' in entry) return [name, entry.value]
    if ('secretPath' in entry) return [name, reveal(entry.secretPath)]
    return [name, entry.text.map((part) => (typeof part === 'string' ? part : reveal(part.secretPath))).join('')]
  })
  return {
    ...inherited,
    HOST: '127.0.0.1',
    ...telemetryEnvironment(spec, identity),
    ...Object.fromEntries(own),
    PATH: [path.dirname(process.execPath), inherited['PATH']].filter(Boolean).join(path.delimiter),
    ...(identity.port === undefined ? {} : { PORT: String(identity.port) }),
    ...(identity.scheduledAt === undefined ? {} : { FAIRWAY_SCHEDULED_AT: identity.scheduledAt.toISOString() }),
    FAIRWAY_COMPONENT: spec.ref.component,
    FAIRWAY_ENVIRONMENT: spec.ref.environment,
    FAIRWAY_RELEASE: spec.ref.release,
    FAIRWAY_VERSION: spec.labels.version,
    [INSTANCE_MARK]: identity.instance,
    [OWNER_MARK]: identity.owner,
  }
}

/** Names of the OpenTelemetry specification ("Environment Variable Specification", resource semantic conventions 1.27). */
function telemetryEnvironment(spec: WorkloadSpec, identity: ReplicaIdentity): Record<string, string> {
  const attributes = {
    'service.name': spec.ref.component,
    'service.version': spec.labels.version,
    'service.instance.id': identity.instance,
    'deployment.environment.name': spec.ref.environment,
    'fairway.release': spec.ref.release,
  }
  return {
    OTEL_SERVICE_NAME: spec.ref.component,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join(','),
    ...(identity.otlpEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: identity.otlpEndpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }),
  }
}

/** What must never be seen in a line of the replica: its secrets, and the password inside one that is a URL. */
export function maskedTexts(secrets: ReadonlyMap<string, Secret>): Secret[] {
  return [...secrets.values()].flatMap((secret) => {
    const password = URL.canParse(secret.reveal()) ? decodeURIComponent(new URL(secret.reveal()).password) : ''
    return password === '' ? [secret] : [secret, new Secret(password)]
  })
}
