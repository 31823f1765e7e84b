import type { TelemetryKind } from '../telemetry-row.ts'
import type { QueryArguments, QueryName } from './queries.ts'

/** What the platform asks the engine's process. */
export type EngineRequest =
  | { method: 'import'; kind: TelemetryKind; segment: string; file: string }
  | { method: 'query'; name: QueryName; args: QueryArguments[QueryName]; limitMs: number }
  | { method: 'prune'; kinds: readonly TelemetryKind[]; olderThanUs: number }
  | { method: 'close' }

/** A request with the id that its answer carries. */
export type EngineCall = EngineRequest & { id: number }

/** `failure` is for the log, never for people. */
export type EngineAnswer = { id: number; value: unknown } | { id: number; failure: string; isLocked: boolean }
