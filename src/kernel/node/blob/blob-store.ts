import type { Readable } from 'node:stream'
import { blobFaults } from './blob-faults.ts'

/**
 * Keeps immutable bytes by key: artifacts, logs, plan files. Written once, read often.
 *
 * Promises that every adapter keeps; `blob-store-contract.ts` tests each:
 * - A key is either absent or complete: a reader never sees half a blob, also after a crash in a put or a source that breaks off.
 * - A put of the same key and bytes again is a success; of other bytes it is `kernel.blob.conflict`, and the first bytes stay.
 * - Calls at the same time for one key end as if they had come one after the other.
 * - Streams are never held in memory whole, and a reader that started before a `remove` reads on to the end.
 */
export interface BlobStore {
  readonly capabilities: BlobCapabilities

  /**
   * Stores `bytes` under `key`; durable when it resolves.
   * @param key 1 to 512 characters of `a-z 0-9 . _ - /`, no segment that is empty, only dots, or longer than 200, e.g. `runs/run_7f3a/log.txt`.
   * @throws `kernel.blob.bad_key`, `kernel.blob.conflict`, `kernel.blob.unavailable` (retry with back-off).
   */
  put(key: string, bytes: Uint8Array): Promise<void>

  /**
   * Stores a stream of any length under `key`; durable when it resolves. When the source fails, nothing is stored and its error comes out.
   * @throws as `put`, and `kernel.blob.mismatch`, `kernel.blob.too_large`.
   */
  putStream(key: string, source: AsyncIterable<Uint8Array>, expect?: BlobExpectation): Promise<BlobFacts & { sha256: string }>

  /** For small blobs. @throws `kernel.blob.bad_key`, `kernel.blob.not_found`, `kernel.blob.unavailable`. */
  get(key: string): Promise<Uint8Array>

  /** What is known of a blob without reading it; undefined when absent. @throws `kernel.blob.bad_key`, `kernel.blob.unavailable`. */
  find(key: string): Promise<BlobFacts | undefined>

  /**
   * Opens a blob, or a part of it, as a stream that the caller must read or destroy.
   * @throws `kernel.blob.bad_key`, `kernel.blob.not_found`, `kernel.blob.bad_range`, `kernel.blob.unavailable`.
   */
  openRead(key: string, range?: ByteRange): Promise<BlobFacts & { stream: Readable }>

  /** Removes the blob; of an absent key it is a success. @throws `kernel.blob.unsupported` without the capability `remove`. */
  remove(key: string): Promise<void>
}

/** What an adapter can't do, said aloud. A store on write-once media can't remove. */
interface BlobCapabilities {
  remove: boolean
}

/** What is known of a blob without reading it. */
export interface BlobFacts {
  /** Of the whole blob. */
  sizeBytes: number
}

/** What a stream must turn out to be, or nothing is stored. */
export interface BlobExpectation {
  /** Lower-case hex. */
  sha256?: string
  maxBytes?: number
}

/** Bytes `first` to `last`, both included and counted from 0; `last` may lie beyond the end, `first` may not. */
export interface ByteRange {
  first: number
  last?: number
}

// A file name has at most 255 bytes, and an adapter may add to it.
const SEGMENT = /^(?!\.+$)[a-z0-9._-]{1,200}$/

/** @throws `kernel.blob.bad_key`. Every adapter calls it first, so that a key can't leave the store's root. */
export function assertBlobKey(key: string): void {
  const isGood = key.length <= 512 && key.split('/').every((segment) => SEGMENT.test(segment))
  if (!isGood) throw blobFaults.bad_key({ key })
}

/** The range cut to a blob's size. @throws `kernel.blob.bad_range`. */
export function resolveRange(key: string, range: ByteRange | undefined, sizeBytes: number): { first: number; last: number } {
  const first = range?.first ?? 0
  const last = Math.min(range?.last ?? sizeBytes - 1, sizeBytes - 1)
  const isGood = range === undefined || (Number.isInteger(first) && first >= 0 && first < sizeBytes && last >= first)
  if (!isGood) throw blobFaults.bad_range({ key, sizeBytes })
  return { first, last }
}
