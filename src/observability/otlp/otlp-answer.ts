import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { TelemetrySignal } from '#kernel/node/telemetry'
import type { OtlpFormat } from './otlp-body.ts'

const REJECTED = { traces: 'rejectedSpans', metrics: 'rejectedDataPoints', logs: 'rejectedLogRecords' } as const

/** `Export<Signal>ServiceResponse`: empty, or with what was rejected. */
export function acceptedAnswer(format: OtlpFormat, signal: TelemetrySignal, rejectedCount: number, message: string): Response {
  const isPartial = rejectedCount > 0
  if (format === 'json') return Response.json(isPartial ? { partialSuccess: { [REJECTED[signal]]: String(rejectedCount), errorMessage: message } } : {})
  const writer = new BinaryWriter()
  if (isPartial)
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int64(rejectedCount).tag(2, WireType.LengthDelimited).string(message).join()
  return protobuf(200, writer.finish())
}

/** gRPC codes (google.rpc.Code) by HTTP status. */
const CODES: Record<number, number> = { 400: 3, 401: 16, 403: 7, 413: 8, 415: 3, 422: 3, 429: 8, 503: 14 }

/** An error as OTLP wants it: `google.rpc.Status` in the format of the request. Only 429, 502, 503 and 504 are sent again by clients. */
export function failedAnswer(format: OtlpFormat, problem: { status: number; detail: string; retryAfterSeconds?: number | undefined }): Response {
  const code = CODES[problem.status] ?? 13
  const headers = problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }
  if (format === 'json') return Response.json({ code, message: problem.detail }, { status: problem.status, headers })
  return protobuf(
    problem.status,
    new BinaryWriter().tag(1, WireType.Varint).int32(code).tag(2, WireType.LengthDelimited).string(problem.detail).finish(),
    headers,
  )
}

function protobuf(status: number, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/x-protobuf', ...headers } })
}
