import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, readFile, rm, stat, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { isFault } from '#kernel/common/fault'
import { blobFaults } from './blob-faults.ts'
import { meter } from './blob-metering.ts'
import { assertBlobKey, resolveRange, type BlobExpectation, type BlobFacts, type BlobStore, type ByteRange } from './blob-store.ts'

/** A staged file this old has no writer any more, in milliseconds. */
const ABANDONED_AFTER_MS = 24 * 3_600_000
const SUFFIX = '.blob'

/** One file a blob below a root, on one file system. Good for one node; beyond that, an S3 adapter. */
export class DiskBlobStore implements BlobStore {
  readonly capabilities = { remove: true }
  readonly #root: string
  readonly #staging: string

  private constructor(root: string) {
    this.#root = root
    this.#staging = path.join(root, '.staging')
  }

  /** Opens the store below `root`, which is made when absent, and clears what a crash left half-written a day ago. */
  static async open(root: string): Promise<DiskBlobStore> {
    const store = new DiskBlobStore(path.resolve(root))
    await mkdir(store.#staging, { recursive: true, mode: 0o700 })
    for (const name of await readdir(store.#staging)) {
      const file = path.join(store.#staging, name)
      const found = await stat(file).catch(() => undefined)
      if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true })
    }
    return store
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.putStream(key, one(bytes))
  }

  async putStream(key: string, source: AsyncIterable<Uint8Array>, expect: BlobExpectation = {}): Promise<BlobFacts & { sha256: string }> {
    const target = this.#pathOf(key)
    const staged = path.join(this.#staging, randomUUID())
    try {
      const facts = await this.#stage(key, staged, source, expect)
      await this.#commit(key, staged, target, facts.sha256)
      return facts
    } finally {
      await rm(staged, { force: true })
    }
  }

  async get(key: string): Promise<Uint8Array> {
    const target = this.#pathOf(key)
    return await readFile(target).catch((error: unknown) => {
      throw translate(key, error)
    })
  }

  async find(key: string): Promise<BlobFacts | undefined> {
    const target = this.#pathOf(key)
    try {
      return { sizeBytes: (await stat(target)).size }
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw translate(key, error)
    }
  }

  async openRead(key: string, range?: ByteRange): Promise<BlobFacts & { stream: Readable }> {
    const target = this.#pathOf(key)
    const handle = await open(target, 'r').catch((error: unknown) => {
      throw translate(key, error)
    })
    try {
      const sizeBytes = (await handle.stat()).size
      const { first, last } = resolveRange(key, range, sizeBytes)
      // Of an empty blob there is nothing to read: `end` would be -1, which Node refuses.
      const window = sizeBytes === 0 ? {} : { start: first, end: last }
      return { sizeBytes, stream: createReadStream('', { fd: handle, autoClose: true, highWaterMark: 256 * 1024, ...window }) }
    } catch (error) {
      await handle.close()
      throw isFault(error) ? error : translate(key, error)
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.#pathOf(key), { force: true }).catch((error: unknown) => {
      throw translate(key, error)
    })
  }

  async #stage(key: string, staged: string, source: AsyncIterable<Uint8Array>, expect: BlobExpectation): Promise<BlobFacts & { sha256: string }> {
    const handle = await open(staged, 'wx', 0o600).catch((error: unknown) => {
      throw translate(key, error)
    })
    try {
      const facts = await meter(key, source, expect, async (chunk) => await writeAll(key, handle, chunk))
      await handle.sync()
      return facts
    } finally {
      await handle.close()
    }
  }

  async #commit(key: string, staged: string, target: string, sha256: string): Promise<void> {
    try {
      const madeFolder = await mkdir(path.dirname(target), { recursive: true, mode: 0o700 })
      // link() refuses an existing target, so of two writers at once exactly one wins, whole.
      await link(staged, target)
      await syncFolders(path.dirname(target), madeFolder === undefined ? path.dirname(target) : path.dirname(madeFolder))
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw translate(key, error)
      if ((await this.#hashOf(key)) !== sha256) throw blobFaults.conflict({ key })
    }
  }

  async #hashOf(key: string): Promise<string> {
    const hash = createHash('sha256')
    for await (const chunk of (await this.openRead(key)).stream) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }

  #pathOf(key: string): string {
    assertBlobKey(key)
    return path.join(this.#root, `${key}${SUFFIX}`)
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function writeAll(key: string, handle: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    let offset = 0
    while (offset < chunk.byteLength) offset += (await handle.write(chunk, offset)).bytesWritten
  } catch (error) {
    throw translate(key, error)
  }
}

/** Makes the folder's entries durable, and those of its parents up to `last`, which got new folders. */
async function syncFolders(first: string, last: string): Promise<void> {
  for (let folder = first; ; folder = path.dirname(folder)) {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (folder === last || folder === path.dirname(folder)) return
  }
}

function translate(key: string, error: unknown): Error {
  const code = codeOf(error)
  return code === 'ENOENT' ? blobFaults.not_found({ key }, { cause: error }) : blobFaults.unavailable({ key, what: reasonOf(code) }, { cause: error })
}

function reasonOf(code: unknown): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'the data folder can not be written'
  return typeof code === 'string' ? code : 'unknown cause'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
