import { Readable } from 'node:stream'
import { blobFaults } from './blob-faults.ts'
import { meter } from './blob-metering.ts'
import { assertBlobKey, resolveRange, type BlobExpectation, type BlobFacts, type BlobStore, type ByteRange } from './blob-store.ts'

/** For unit tests and short-lived previews: gone with the process. */
export class MemoryBlobStore implements BlobStore {
  readonly capabilities = { remove: true }
  readonly #blobs = new Map<string, Uint8Array>()

  async put(key: string, bytes: Uint8Array): Promise<void> {
    assertBlobKey(key)
    const existing = this.#blobs.get(key)
    if (existing && Buffer.compare(existing, bytes) !== 0) throw blobFaults.conflict({ key })
    this.#blobs.set(key, Uint8Array.from(bytes))
  }

  async putStream(key: string, source: AsyncIterable<Uint8Array>, expect: BlobExpectation = {}): Promise<BlobFacts & { sha256: string }> {
    assertBlobKey(key)
    const chunks: Uint8Array[] = []
    const facts = await meter(key, source, expect, async (chunk) => void chunks.push(Uint8Array.from(chunk)))
    await this.put(key, Buffer.concat(chunks))
    return facts
  }

  async get(key: string): Promise<Uint8Array> {
    assertBlobKey(key)
    const bytes = this.#blobs.get(key)
    if (!bytes) throw blobFaults.not_found({ key })
    return Uint8Array.from(bytes)
  }

  async find(key: string): Promise<BlobFacts | undefined> {
    assertBlobKey(key)
    const bytes = this.#blobs.get(key)
    return bytes && { sizeBytes: bytes.byteLength }
  }

  async openRead(key: string, range?: ByteRange): Promise<BlobFacts & { stream: Readable }> {
    const bytes = await this.get(key)
    const { first, last } = resolveRange(key, range, bytes.byteLength)
    const part = bytes.subarray(first, last + 1)
    return { sizeBytes: bytes.byteLength, stream: Readable.from(part.byteLength === 0 ? [] : [part]) }
  }

  async remove(key: string): Promise<void> {
    assertBlobKey(key)
    this.#blobs.delete(key)
  }
}
