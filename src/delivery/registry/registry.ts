import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Clock } from '#kernel/common/clock'
import { isFault } from '#kernel/common/fault'
import { newId } from '#kernel/common/id'
import type { BlobStore, ByteRange } from '#kernel/node/blob'
import type { Database } from '#kernel/node/database'
import type { Logger } from '#kernel/node/log'
import { inspectManifest, type Descriptor } from './oci-manifest.ts'
import { assertName, hexOf, isDigest, isTag } from './oci-names.ts'
import { registryFaults } from './registry-faults.ts'
import {
  appendPartRow,
  deleteUploadRow,
  findBlobRow,
  findManifestRow,
  findUploadRow,
  hasRepository,
  insertBlobRow,
  insertUploadRow,
  listOldUploads,
  listReferrerRows,
  listRepositoryNames,
  listTagRows,
  missingOf,
  putManifestRow,
  type UploadRow,
} from './registry-store.ts'

/** What the registry works with. */
export interface RegistryDeps {
  db: Database
  blobs: BlobStore
  clock: Clock
  log: Logger
}

/** The largest manifest that is taken, as the specification recommends; and the largest blob. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024
const MAX_BLOB_BYTES = 4 * 1024 ** 3
const UPLOAD_EXPIRES_MS = 24 * 3_600_000

/** What is known of a manifest without its bytes. */
export interface StoredManifest {
  digest: string
  mediaType: string
  sizeBytes: number
}

/** An OCI registry over the blob store. The same for the protocol's routes and for the platform's own code. Content is immutable; nothing is deleted. */
export class Registry {
  readonly #deps: RegistryDeps

  constructor(deps: RegistryDeps) {
    this.#deps = deps
  }

  /** Stores a blob and makes it the repository's; the same again is a success. @throws `delivery.registry.digest_invalid`, `…size_invalid`. */
  async putBlob(name: string, digest: string, source: AsyncIterable<Uint8Array>): Promise<Descriptor> {
    assertName(name)
    const key = blobKey(digest)
    try {
      const { sizeBytes } = await this.#deps.blobs.putStream(key, source, { sha256: hexOf(digest), maxBytes: MAX_BLOB_BYTES })
      await insertBlobRow(this.#deps.db, name, digest, sizeBytes, this.#deps.clock.now())
      return { mediaType: 'application/octet-stream', digest, size: sizeBytes }
    } catch (error) {
      throw inOciTerms(error, digest)
    }
  }

  /** As `putBlob`, for bytes in memory, whose digest is computed. */
  async putBytes(name: string, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
    return { ...(await this.putBlob(name, digestOf(bytes), one(bytes))), mediaType }
  }

  async findBlob(name: string, digest: string): Promise<{ sizeBytes: number } | undefined> {
    hexOf(digest)
    const sizeBytes = await findBlobRow(this.#deps.db, name, digest)
    return sizeBytes === undefined ? undefined : { sizeBytes }
  }

  /** @throws `delivery.registry.blob_unknown`; `kernel.blob.bad_range`. */
  async openBlob(name: string, digest: string, range?: ByteRange): Promise<{ sizeBytes: number; stream: Readable }> {
    if (!(await this.findBlob(name, digest))) throw registryFaults.blob_unknown({ name, digest })
    return await this.#deps.blobs.openRead(blobKey(digest), range)
  }

  /** For small blobs, checked against the digest. @throws `delivery.registry.blob_unknown`. */
  async getBytes(name: string, digest: string): Promise<Uint8Array> {
    if (!(await this.findBlob(name, digest))) throw registryFaults.blob_unknown({ name, digest })
    return await this.#checked(digest)
  }

  /** Makes a blob of one repository another's too, without a copy. @returns false when `from` lacks it. */
  async mountBlob(name: string, digest: string, from: string): Promise<boolean> {
    assertName(name)
    const found = await this.findBlob(from, digest)
    if (found) await insertBlobRow(this.#deps.db, name, digest, found.sizeBytes, this.#deps.clock.now())
    return found !== undefined
  }

  /**
   * Stores a manifest under its digest, and under a tag when `reference` is one. What it names must be there, except its subject.
   * @throws `delivery.registry.manifest_invalid`, `…manifest_blob_unknown`, `…digest_invalid`, `…size_invalid`.
   */
  async putManifest(name: string, reference: string, bytes: Uint8Array, mediaType: string): Promise<StoredManifest & { subject: string | undefined }> {
    assertName(name)
    if (bytes.byteLength > MAX_MANIFEST_BYTES) throw registryFaults.size_invalid({ what: 'the manifest', limitBytes: MAX_MANIFEST_BYTES })
    const digest = digestOf(bytes)
    if (isDigest(reference) && reference !== digest) throw registryFaults.digest_invalid({ digest: reference, why: `the manifest has ${digest}` })
    if (!isDigest(reference) && !isTag(reference)) throw registryFaults.manifest_invalid({ why: `"${reference.slice(0, 100)}" is neither a tag nor a digest` })
    const facts = inspectManifest(bytes, mediaType)
    const missing = [
      ...(await missingOf(this.#deps.db, 'registry_blob', name, facts.blobs)),
      ...(await missingOf(this.#deps.db, 'registry_manifest', name, facts.manifests)),
    ]
    if (missing[0] !== undefined) throw registryFaults.manifest_blob_unknown({ name, digest: missing[0] })
    await this.#deps.blobs.put(blobKey(digest), bytes)
    const tag = isDigest(reference) ? undefined : reference
    await putManifestRow(this.#deps.db, { repository: name, digest, sizeBytes: bytes.byteLength, tag, facts, at: this.#deps.clock.now() })
    return { digest, mediaType, sizeBytes: bytes.byteLength, subject: facts.subject }
  }

  /** By tag or digest; undefined when absent. */
  async findManifest(name: string, reference: string): Promise<StoredManifest | undefined> {
    if (!isDigest(reference) && !isTag(reference)) return undefined
    const row = await findManifestRow(this.#deps.db, name, isDigest(reference) ? { digest: reference } : { tag: reference })
    return row && { digest: row.digest, mediaType: row.mediaType, sizeBytes: row.sizeBytes }
  }

  /** By tag or digest, checked against the digest. @throws `delivery.registry.manifest_unknown`. */
  async getManifest(name: string, reference: string): Promise<StoredManifest & { bytes: Uint8Array }> {
    const found = await this.findManifest(name, reference)
    if (!found) throw registryFaults.manifest_unknown({ name, reference })
    return { ...found, bytes: await this.#checked(found.digest) }
  }

  /** Manifests whose subject is `digest`, oldest first; none for a subject that nobody knows. */
  async listReferrers(name: string, digest: string, artifactType?: string): Promise<Descriptor[]> {
    hexOf(digest)
    const rows = await listReferrerRows(this.#deps.db, name, digest, artifactType)
    return rows.map((row) => ({
      mediaType: row.mediaType,
      digest: row.digest,
      size: row.sizeBytes,
      ...(row.artifactType === undefined ? {} : { artifactType: row.artifactType }),
      ...(row.annotations === undefined ? {} : { annotations: row.annotations }),
    }))
  }

  /** @throws `delivery.registry.name_unknown`. */
  async listTags(name: string, limit: number, after: string): Promise<string[]> {
    if (!(await hasRepository(this.#deps.db, name))) throw registryFaults.name_unknown({ name })
    return await listTagRows(this.#deps.db, name, limit, after)
  }

  async listRepositories(limit: number, after: string): Promise<string[]> {
    return await listRepositoryNames(this.#deps.db, limit, after)
  }

  /** Begins an upload in chunks. It outlives a restart, and expires after a day. */
  async startUpload(name: string): Promise<UploadRow> {
    assertName(name)
    const id = newId('upl')
    await insertUploadRow(this.#deps.db, id, name, this.#deps.clock.now())
    return { id, parts: [], sizeBytes: 0 }
  }

  /** @throws `delivery.registry.blob_upload_unknown`. */
  async getUpload(name: string, id: string): Promise<UploadRow> {
    const found = await findUploadRow(this.#deps.db, name, id)
    if (!found) throw registryFaults.blob_upload_unknown({ id })
    return found
  }

  /** Adds a chunk at `fromBytes` (where the upload ends, when absent). @returns the new length. @throws `…blob_upload_unknown`, `…blob_upload_invalid`. */
  async appendChunk(name: string, id: string, source: AsyncIterable<Uint8Array>, range?: { first: number; last: number }): Promise<number> {
    const upload = await this.getUpload(name, id)
    if (range && range.first !== upload.sizeBytes)
      throw registryFaults.blob_upload_invalid({ what: `it begins at ${range.first}, but ${upload.sizeBytes} is next` })
    const part = `registry/uploads/${id}/${newId('part')}`
    const stored = await this.#deps.blobs.putStream(part, source, { maxBytes: MAX_BLOB_BYTES - upload.sizeBytes }).catch((error: unknown) => {
      throw inOciTerms(error, '')
    })
    const isWhole = !range || stored.sizeBytes === range.last - range.first + 1
    if (isWhole && (await appendPartRow(this.#deps.db, id, upload.sizeBytes, part, stored.sizeBytes, this.#deps.clock.now())))
      return upload.sizeBytes + stored.sizeBytes
    await this.#deps.blobs.remove(part)
    throw registryFaults.blob_upload_invalid({ what: isWhole ? 'another chunk came at the same time' : 'it is not as long as its Content-Range says' })
  }

  /** Ends an upload with its last bytes (maybe none): the blob is there, or nothing is. @throws as `putBlob`, and `…blob_upload_unknown`. */
  async finishUpload(name: string, id: string, digest: string, last: AsyncIterable<Uint8Array>): Promise<Descriptor> {
    const upload = await this.getUpload(name, id)
    const stored = await this.putBlob(name, digest, this.#joined(upload.parts, last))
    await this.cancelUpload(name, id)
    return stored
  }

  async cancelUpload(name: string, id: string): Promise<void> {
    await this.getUpload(name, id)
    await this.#drop(id)
  }

  /** Drops uploads that nobody went on with for a day. */
  async expireUploads(): Promise<void> {
    const old = await listOldUploads(this.#deps.db, new Date(this.#deps.clock.now().getTime() - UPLOAD_EXPIRES_MS))
    for (const id of old) await this.#drop(id)
  }

  async #drop(id: string): Promise<void> {
    for (const part of (await deleteUploadRow(this.#deps.db, id)) ?? []) await this.#deps.blobs.remove(part)
  }

  async *#joined(parts: readonly string[], last: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield* (await this.#deps.blobs.openRead(part)).stream as AsyncIterable<Uint8Array>
    yield* last
  }

  async #checked(digest: string): Promise<Uint8Array> {
    const bytes = await this.#deps.blobs.get(blobKey(digest))
    if (digestOf(bytes) !== digest) throw registryFaults.digest_invalid({ digest, why: 'the stored bytes do not have it any more: the blob store is damaged' })
    return bytes
  }
}

/** `sha256:…` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function blobKey(digest: string): string {
  const hex = hexOf(digest)
  return `registry/sha256/${hex.slice(0, 2)}/${hex}`
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function inOciTerms(error: unknown, digest: string): unknown {
  if (isFault(error, 'kernel.blob.mismatch')) return registryFaults.digest_invalid({ digest, why: 'the bytes that came do not have it' }, { cause: error })
  if (isFault(error, 'kernel.blob.too_large')) return registryFaults.size_invalid({ what: 'the blob', limitBytes: MAX_BLOB_BYTES }, { cause: error })
  return error
}
