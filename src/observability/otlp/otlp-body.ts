import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { isFault } from '#kernel/common/fault'
import { readBody } from '#kernel/node/http'
import { otlpFaults } from './otlp-faults.ts'

const unzip = promisify(gunzip)

/** OTLP advises 20 MiB; it holds for the body as sent and as decompressed. */
const OTLP_LIMIT_BYTES = 20 * 1024 * 1024

/** How an OTLP/HTTP body is encoded. */
export type OtlpFormat = 'json' | 'protobuf'

/** The format by `Content-Type`; undefined when it is neither. */
export function formatOf(request: Request): OtlpFormat | undefined {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type === 'application/json') return 'json'
  return type === 'application/x-protobuf' ? 'protobuf' : undefined
}

/** @throws `observability.otlp.too_large`, `observability.otlp.unsupported_encoding`, `observability.otlp.bad_data`. */
export async function readOtlpBody(request: Request, limitBytes: number = OTLP_LIMIT_BYTES): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (!['', 'identity', 'gzip'].includes(encoding)) throw otlpFaults.unsupported_encoding({ encoding })
  const sent = await readBody(request, limitBytes).catch((error: unknown) => {
    throw isFault(error, 'kernel.http.too_large') ? otlpFaults.too_large({ limitBytes }) : error
  })
  if (encoding !== 'gzip') return sent
  try {
    // Stops at the limit, so that a bomb costs no more than an honest body.
    return await unzip(sent, { maxOutputLength: limitBytes })
  } catch (error) {
    if (error instanceof RangeError) throw otlpFaults.too_large({ limitBytes })
    throw otlpFaults.bad_data({ what: 'its gzip is broken' }, { cause: error })
  }
}
