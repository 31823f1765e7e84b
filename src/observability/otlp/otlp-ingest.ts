import type { Clock } from '#kernel/common/clock'
import type { TelemetrySignal } from '#kernel/node/telemetry'
import type { TelemetryStore } from '#observability/store'
import { otlpFaults } from './otlp-faults.ts'
import type { OtlpFormat } from './otlp-body.ts'
import { decodeProtobuf } from './otlp-protobuf.ts'
import { rowsOf } from './otlp-rows.ts'
import type { WorkloadIdentity } from './otlp-source.ts'

export interface OtlpIngest {
  /** Keeps a request that is already an object, e.g. of the platform's own telemetry. Durable when it resolves. @throws `observability.otlp.bad_data`. */
  take(signal: TelemetrySignal, request: unknown, identity?: WorkloadIdentity): Promise<{ acceptedCount: number; rejectedCount: number; reason: string }>
  /** Keeps a body as it came. @throws `observability.otlp.bad_data`. */
  takeBody(signal: TelemetrySignal, format: OtlpFormat, body: Uint8Array, identity?: WorkloadIdentity): ReturnType<OtlpIngest['take']>
}

export function createOtlpIngest(deps: { store: TelemetryStore; clock: Clock }): OtlpIngest {
  const take: OtlpIngest['take'] = async (signal, request, identity) => {
    const decoded = refusing(() => rowsOf(signal, request, identity, deps.clock.now().getTime() * 1000))
    if (decoded.kind === 'span') await deps.store.append('span', decoded.rows)
    else if (decoded.kind === 'log') await deps.store.append('log', decoded.rows)
    else await deps.store.append('metric', decoded.rows)
    return { acceptedCount: decoded.rows.length, rejectedCount: decoded.rejectedCount, reason: decoded.reason }
  }
  return {
    take,
    takeBody: async (signal, format, body, identity) => {
      const request = refusing(() => (format === 'protobuf' ? decodeProtobuf(signal, body) : parseJson(body)))
      return await take(signal, request, identity)
    },
  }
}

function parseJson(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body)
  return text.trim() === '' ? {} : (JSON.parse(text) as unknown)
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw otlpFaults.bad_data({ what: error instanceof Error ? error.message.slice(0, 200) : 'it can not be read' }, { cause: error })
  }
}
