/** Which span of which trace is under way; ids in lower-case hex. */
export interface TraceContext {
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits. */
  spanId: string
  isSampled: boolean
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Reads a `traceparent` header; undefined when it is absent or broken (W3C Trace Context, §3.2: then a new trace begins). */
export function parseTraceparent(header: string | null | undefined): TraceContext | undefined {
  const match = TRACEPARENT.exec(header?.trim() ?? '')
  if (!match) return undefined
  const [, traceId = '', spanId = '', flags = '', rest] = match
  if (rest !== undefined && header?.trim().startsWith('00') === true) return undefined // version 00 has exactly four parts
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The header `traceparent` (W3C Trace Context level 1). */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.isSampled ? '01' : '00'}`
}

/** Random bytes are fetched many at a time, and none is used twice. */
const pool = Buffer.alloc(1_024)
let used = pool.length

/** A random id of `bytes` bytes in hex, never all zeros. */
export function newHexId(bytes: 8 | 16): string {
  if (used + bytes > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  const id = pool.toString('hex', used, (used += bytes))
  return /^0+$/.test(id) ? newHexId(bytes) : id
}
