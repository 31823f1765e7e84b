import { faults } from '#kernel/common/fault'

/** Why an OTLP request was refused. */
export const otlpFaults = faults('observability.otlp', {
  unsupported_media_type: {
    status: 400,
    title: 'Unsupported content type',
    retry: 'no',
    detail: (d: { type: string }) => `OTLP comes as application/x-protobuf or application/json, not as "${d.type}"`,
  },
  unsupported_encoding: {
    status: 400,
    title: 'Unsupported encoding',
    retry: 'no',
    detail: (d: { encoding: string }) => `the content encoding "${d.encoding}" is not known: use gzip or none`,
  },
  bad_data: { status: 400, title: 'Bad telemetry', retry: 'no', detail: (d: { what: string }) => `this is no OTLP request: ${d.what}` },
  too_large: {
    status: 413,
    title: 'Telemetry too large',
    retry: 'no',
    detail: (d: { limitBytes: number }) => `the request is larger than ${d.limitBytes} bytes, compressed or decompressed: send smaller batches`,
  },
  busy: {
    status: 429,
    title: 'Too many at once',
    retry: 'after',
    detail: (d: { limit: number }) => `${d.limit} telemetry requests are being worked on: send again in a second`,
  },
  unauthenticated: {
    status: 401,
    title: 'Telemetry of nobody',
    retry: 'no',
    detail: () => 'send the workload\'s token as header "x-fairway-workload", or a platform token with the scope telemetry:write',
  },
})
