import { scaffolderFaults } from './scaffolder-faults.ts'

export interface WorkspaceFile {
  content: Uint8Array
  isExecutable: boolean
}

const MAX_FILES = 5_000
const MAX_TOTAL_BYTES = 50 * 1024 * 1024

/**
 * The files that a template makes, in memory. There is no disk under it: no path of a template, no link and no race can reach anything else.
 * Paths are relative, with `/`, and stay inside.
 */
export class Workspace {
  readonly #files = new Map<string, WorkspaceFile>()
  #sizeBytes = 0

  /** @throws `platform.scaffolder.bad_path`, `platform.scaffolder.too_large`. */
  write(path: string, file: WorkspaceFile): void {
    const key = safePath(path)
    if (key === '') throw scaffolderFaults.bad_path({ path, why: 'names no file' })
    this.#assertNoFileAbove(key)
    this.#sizeBytes += file.content.byteLength - (this.#files.get(key)?.content.byteLength ?? 0)
    this.#files.set(key, file)
    if (this.#files.size > MAX_FILES) throw scaffolderFaults.too_large({ what: `more than ${MAX_FILES} files` })
    if (this.#sizeBytes > MAX_TOTAL_BYTES) throw scaffolderFaults.too_large({ what: `more than ${MAX_TOTAL_BYTES} bytes` })
  }

  has(path: string): boolean {
    return this.#files.has(safePath(path))
  }

  find(path: string): WorkspaceFile | undefined {
    return this.#files.get(safePath(path))
  }

  /** Files at or below a path, with paths relative to it, sorted. */
  below(path: string): { path: string; file: WorkspaceFile }[] {
    const prefix = safePath(path)
    return [...this.#files]
      .filter(([key]) => prefix === '' || key.startsWith(`${prefix}/`))
      .map(([key, file]) => ({ path: prefix === '' ? key : key.slice(prefix.length + 1), file }))
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  /** Removes a file, or a folder with all below. @returns whether there was anything. */
  remove(path: string): boolean {
    const prefix = safePath(path)
    const doomed = [...this.#files.keys()].filter((key) => prefix === '' || key === prefix || key.startsWith(`${prefix}/`))
    for (const key of doomed) {
      this.#sizeBytes -= this.#files.get(key)?.content.byteLength ?? 0
      this.#files.delete(key)
    }
    return doomed.length > 0
  }

  #assertNoFileAbove(key: string): void {
    for (let at = key.indexOf('/'); at !== -1; at = key.indexOf('/', at + 1)) {
      if (this.#files.has(key.slice(0, at))) throw scaffolderFaults.bad_path({ path: key, why: `can not be made: "${key.slice(0, at)}" is a file` })
    }
    if ([...this.#files.keys()].some((other) => other.startsWith(`${key}/`)))
      throw scaffolderFaults.bad_path({ path: key, why: 'can not be made: it is a folder' })
  }
}

/**
 * A path inside, without `.` segments; `''` for the root itself.
 * @throws `platform.scaffolder.bad_path` for anything that leads out, is absolute, or would be Git's own.
 */
export function safePath(path: string): string {
  if (path.length > 1_000) throw scaffolderFaults.bad_path({ path: `${path.slice(0, 60)}…`, why: 'is too long' })
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (/[\u0000-\u001f\u007f\\]/.test(path)) throw scaffolderFaults.bad_path({ path: JSON.stringify(path), why: 'has a character that no path may have' })
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) throw scaffolderFaults.bad_path({ path, why: 'is absolute; write it relative to the new repository' })
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) throw scaffolderFaults.bad_path({ path, why: 'leads out of the folder' })
  // Git refuses these names too, on any file system: HFS+ drops ignorable letters, NTFS has short names and trailing dots.
  const isGit = (segment: string): boolean => /^(?:\.git|git~\d+)[. ]*$/i.test(segment.replaceAll(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, ''))
  if (segments.some(isGit)) throw scaffolderFaults.bad_path({ path, why: "is Git's own folder" })
  return segments.join('/')
}

/** Resolves `url` of a template (`./skeleton`) against the folder that the template is in. @throws `platform.scaffolder.bad_path`. */
export function resolveInside(folder: string, url: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) throw scaffolderFaults.bad_path({ path: url, why: 'is an address; only folders beside the template are read' })
  const result: string[] = folder === '' ? [] : folder.split('/')
  for (const segment of url.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment === '..' && result.pop() === undefined) throw scaffolderFaults.bad_path({ path: url, why: 'leads out of the repository' })
    if (segment !== '..') result.push(segment)
  }
  return safePath(result.join('/'))
}

/** Text of a file, or undefined for a binary one (a NUL, or no UTF-8). */
export function textOfFile(content: Uint8Array): string | undefined {
  if (content.subarray(0, 8_000).includes(0)) return undefined
  try {
    return new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined
  }
}
