import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '#kernel/common/clock'
import type { TelemetrySignal } from '#kernel/node/telemetry'
import type { TelemetryStore } from '#observability/store'
import { otlpFaults } from './otlp-faults.ts'
import type { OtlpFormat } from './otlp-body.ts'
import { decodeProtobuf } from './otlp-protobuf.ts'
import { rowsOf, type DecodedRows } from './otlp-rows.ts'
import { slicesOf } from './otlp-slices.ts'
import type { WorkloadIdentity } from './otlp-source.ts'

/** Keeps OTLP requests. */
export interface OtlpIngest {
  /** Keeps a request that is already an object, e.g. of the platform's own telemetry. Durable when it resolves. @throws `observability.otlp.bad_data`. */
  take(signal: TelemetrySignal, request: unknown, identity?: WorkloadIdentity): Promise<{ acceptedCount: number; rejectedCount: number; reason: string }>
  /** Keeps a body as it came. @throws `observability.otlp.bad_data`. */
  takeBody(signal: TelemetrySignal, format: OtlpFormat, body: Uint8Array, identity?: WorkloadIdentity): ReturnType<OtlpIngest['take']>
}

/** Items that are worked off before others get their turn: a few milliseconds. */
const SLICE = 500

/** Makes the ingest of OTLP requests. */
export function createOtlpIngest(deps: { store: TelemetryStore; clock: Clock }): OtlpIngest {
  const take: OtlpIngest['take'] = async (signal, request, identity) => {
    const nowUs = deps.clock.now().getTime() * 1000
    const slices: DecodedRows[] = []
    // The whole is read before anything is kept: a request that is wrong somewhere leaves nothing.
    for (const slice of refusing(() => [...slicesOf(signal, request, SLICE)])) {
      if (slices.length > 0) await nextTurn()
      slices.push(refusing(() => rowsOf(signal, slice, identity, nowUs)))
    }
    const kept: Promise<void>[] = []
    for (const slice of slices) {
      if (kept.length > 0) await nextTurn()
      const keeping = keep(slice)
      keeping.catch(() => {}) // reported below, once all are under way
      kept.push(keeping)
    }
    await Promise.all(kept)
    return {
      acceptedCount: slices.reduce((sum, slice) => sum + slice.rows.length, 0),
      rejectedCount: slices.reduce((sum, slice) => sum + slice.rejectedCount, 0),
      reason: slices.find((slice) => slice.rejectedCount > 0)?.reason ?? '',
    }
  }

  async function keep(slice: DecodedRows): Promise<void> {
    if (slice.kind === 'span') await deps.store.append('span', slice.rows)
    else if (slice.kind === 'log') await deps.store.append('log', slice.rows)
    else await deps.store.append('metric', slice.rows)
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
