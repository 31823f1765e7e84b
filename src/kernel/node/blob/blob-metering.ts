import { createHash } from 'node:crypto'
import { blobFaults } from './blob-faults.ts'
import type { BlobExpectation, BlobFacts } from './blob-store.ts'

/** Passes a stream on to `write` while it counts and hashes it, and checks the result. @throws `kernel.blob.mismatch`, `kernel.blob.too_large`. */
export async function meter(
  key: string,
  source: AsyncIterable<Uint8Array>,
  expect: BlobExpectation,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<BlobFacts & { sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.byteLength
    if (expect.maxBytes !== undefined && sizeBytes > expect.maxBytes) throw blobFaults.too_large({ key, limitBytes: expect.maxBytes })
    hash.update(chunk)
    await write(chunk)
  }
  const sha256 = hash.digest('hex')
  if (expect.sha256 !== undefined && sha256 !== expect.sha256) throw blobFaults.mismatch({ key, expected: expect.sha256, found: sha256 })
  return { sizeBytes, sha256 }
}
