import { open, opendir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { locationFaults } from './location-faults.ts'
import { globBase, globMatcher, isGlob } from './glob.ts'
import { MAX_FILE_BYTES } from './http-reader.ts'
import type { FolderPlace } from './place.ts'
import type { Found } from './place-reader.ts'

/** Entries that are looked at below one folder: more is a wrong folder. */
const MAX_ENTRIES = 200_000
/** Never a place of descriptors. */
const SKIPPED = new Set(['node_modules', '.git'])

/**
 * Reads files of this machine, below folders that the operator allowed and nowhere else: links are followed as far as they stay there.
 * Paths are absolute.
 */
export class FolderReader {
  readonly #allowed: readonly string[]

  /** @param allowed absolute paths of folders; none: nothing is read. */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map((folder) => path.resolve(folder))
  }

  /** @throws `platform.location.refused` in words that say which setting to make. */
  assertAllowed(target: string): void {
    const plain = path.resolve(isGlob(target) ? `/${globBase(target.slice(1))}` : target)
    if (this.#allowed.some((folder) => isBelow(plain, folder))) return
    const what =
      this.#allowed.length === 0
        ? 'the operator allowed no folder of the platform’s machine: set FAIRWAY_CATALOG_FOLDERS to the folders that may be read, e.g. FAIRWAY_CATALOG_FOLDERS=/srv/catalog, and start again'
        : `only files below ${this.#allowed.join(', ')} are read: add its folder to FAIRWAY_CATALOG_FOLDERS`
    throw locationFaults.refused({ target, what })
  }

  /** The files that a path, a folder (all `*.yaml` and `*.yml` in it) or a glob means, by path. @throws `platform.location.refused`, `.unreadable`. */
  async list(pattern: FolderPlace): Promise<FolderPlace[]> {
    this.assertAllowed(pattern.path)
    if (!isGlob(pattern.path)) {
      const found = await stat(pattern.path).catch(() => undefined)
      if (!found) throw locationFaults.unreadable({ target: pattern.path, what: 'there is no such file or folder on the platform’s machine' })
      if (found.isFile()) return [pattern]
    }
    const base = isGlob(pattern.path) ? `/${globBase(pattern.path.slice(1))}` : pattern.path
    const matches = globMatcher(isGlob(pattern.path) ? [pattern.path.slice(1)] : [`${pattern.path.slice(1)}/**/*.yaml`, `${pattern.path.slice(1)}/**/*.yml`])
    const files: string[] = []
    await this.#walk(base, (file) => matches(file.slice(1)) && files.push(file))
    return files.sort().map((file) => ({ type: 'folder', path: file }))
  }

  /** Reads one file; never throws. The version is its size, time and number. */
  async read(place: FolderPlace, version: string | null): Promise<Found> {
    try {
      this.assertAllowed(place.path)
      const real = await realpath(place.path)
      const roots = await Promise.all(this.#allowed.map((folder) => realpath(folder).catch(() => folder)))
      if (!roots.some((folder) => isBelow(real, folder)))
        return { is: 'failed', message: `"${place.path}" is a link that leads out of the folders that the operator allowed` }
      await using file = await open(real, 'r')
      const found = await file.stat({ bigint: true })
      if (!found.isFile()) return { is: 'absent', message: `"${place.path}" is no file` }
      if (found.size > BigInt(MAX_FILE_BYTES)) return { is: 'failed', message: `"${place.path}" is larger than ${MAX_FILE_BYTES} bytes` }
      const now = `${found.mtimeNs}-${found.size}-${found.ino}`
      return now === version ? { is: 'unchanged' } : { is: 'text', text: await file.readFile('utf8'), version: now }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'ENOTDIR') return { is: 'absent', message: `there is no "${place.path}" on the platform’s machine` }
      return { is: 'failed', message: error instanceof Error ? error.message : `"${place.path}" can not be read` }
    }
  }

  async #walk(root: string, visit: (file: string) => void): Promise<void> {
    let left = MAX_ENTRIES
    const pending = [root]
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      const entries = await opendir(folder).catch(() => undefined)
      if (!entries) continue
      for await (const entry of entries) {
        if (--left < 0) throw locationFaults.refused({ target: root, what: `it has more than ${MAX_ENTRIES} files and folders: name a smaller one` })
        const full = path.join(folder, entry.name)
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) pending.push(full)
        else if (entry.isFile() || entry.isSymbolicLink()) visit(full)
      }
    }
  }
}

function isBelow(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder === '/' ? '/' : `${folder}/`)
}
