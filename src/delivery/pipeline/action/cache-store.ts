import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { link, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { newId } from '#kernel/common/id'
import { isFault } from '#kernel/common/fault'
import { folderNameOf } from './npm-cache.ts'
import { packFiles, unpackTar, type ArchiveFile } from './tar.ts'

/** Largest cache entry, and what all entries of a repository may take: the longest unused go first. */
const MAX_ENTRY_BYTES = 2 * 1024 * 1024 * 1024
const MAX_REPOSITORY_BYTES = 5 * 1024 * 1024 * 1024
const MAX_FILES = 500_000

interface Entry {
  key: string
  file: string
  savedAt: number
}

/**
 * Cache entries of one repository as tars on disk. A key is written once: a second save of it changes nothing. An entry is seen by the
 * branch that saved it, and by all when that was the default branch, so that a branch can't put something into another's build.
 */
export class CacheStore {
  readonly #root: string
  readonly #scopes: readonly string[]

  /** @param scopes branches whose entries may be read, the own one first; it is the one that is written. */
  constructor(cacheDir: string, repository: string, scopes: readonly string[]) {
    this.#root = path.join(cacheDir, 'entries', folderNameOf(repository))
    this.#scopes = scopes
  }

  /** The entry with `key`, else the newest that begins with one of `restoreKeys`, in their order. `version` tells sets of paths apart. */
  async find(key: string, restoreKeys: readonly string[], version: string): Promise<{ key: string; file: string } | undefined> {
    for (const scope of this.#scopes) {
      const entries = await this.#list(scope, version)
      const exact = entries.find((entry) => entry.key === key)
      if (exact) return exact
      for (const prefix of restoreKeys) {
        const newest = entries.filter((entry) => entry.key.startsWith(prefix)).sort((a, b) => b.savedAt - a.savedAt)[0]
        if (newest) return newest
      }
    }
    return undefined
  }

  /** Unpacks an entry. One that is broken counts as absent, and is removed. */
  async restore(entry: { file: string }, folder: string): Promise<boolean> {
    try {
      await unpackTar(createReadStream(entry.file), folder, { maxBytes: MAX_ENTRY_BYTES, maxFiles: MAX_FILES, allowLinks: true })
      await utimes(entry.file, new Date(), new Date())
      return true
    } catch (error) {
      if (isFault(error)) throw error
      await rm(entry.file, { force: true })
      return false
    }
  }

  /** @returns false when the key is there already. */
  async save(key: string, version: string, files: readonly ArchiveFile[]): Promise<boolean> {
    const folder = this.#folder(this.#scopes[0] ?? '', version)
    await mkdir(folder, { recursive: true })
    const target = path.join(folder, `${folderNameOf(key)}.tar`)
    const staged = path.join(folder, `.staged-${newId('tmp')}`)
    try {
      await pipeline(packFiles(files, { keepLinks: true }), createWriteStream(staged, { flags: 'wx' }))
      if ((await stat(staged)).size > MAX_ENTRY_BYTES) return false
      await writeFile(`${target}.key`, key)
      await link(staged, target)
      await this.#evict()
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
      throw error
    } finally {
      await rm(staged, { force: true })
    }
  }

  async #list(scope: string, version: string): Promise<Entry[]> {
    const folder = this.#folder(scope, version)
    const names = await readdir(folder).catch(() => [])
    const entries = await Promise.all(
      names
        .filter((name) => name.endsWith('.tar'))
        .map(async (name) => {
          const file = path.join(folder, name)
          const [key, stats] = await Promise.all([readFile(`${file}.key`, 'utf8').catch(() => undefined), stat(file).catch(() => undefined)])
          return key === undefined || !stats ? [] : [{ key, file, savedAt: stats.birthtimeMs }]
        }),
    )
    return entries.flat()
  }

  #folder(scope: string, version: string): string {
    return path.join(this.#root, folderNameOf(scope), version)
  }

  async #evict(): Promise<void> {
    const files = await readdir(this.#root, { recursive: true, withFileTypes: true }).catch(() => [])
    const entries = await Promise.all(
      files
        .filter((entry) => entry.isFile() && entry.name.endsWith('.tar'))
        .map(async (entry) => {
          const file = path.join(entry.parentPath, entry.name)
          const stats = await stat(file)
          return { file, sizeBytes: stats.size, usedAt: stats.mtimeMs }
        }),
    )
    let total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
    for (const entry of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= MAX_REPOSITORY_BYTES) return
      await rm(entry.file, { force: true })
      await rm(`${entry.file}.key`, { force: true })
      total -= entry.sizeBytes
    }
  }
}

/** Tells sets of paths apart: an entry is for exactly the paths that it was saved with. */
export function cacheVersion(paths: readonly string[]): string {
  return createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 16)
}
