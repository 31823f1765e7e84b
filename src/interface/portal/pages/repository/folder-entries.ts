import type { TreeEntry } from '../../api/repository-queries.ts'

/** Entries of a folder as people read them: folders first, then files, each by name. */
export function inOrder(entries: readonly TreeEntry[]): TreeEntry[] {
  const rank = (entry: TreeEntry): number => (entry.type === 'folder' ? 0 : 1)
  return [...entries].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A path as steps from the root: `src/a.ts` is `src`, then `src/a.ts`. */
export function crumbs(path: string): { path: string; name: string }[] {
  const parts = path.split('/').filter((part) => part !== '')
  return parts.map((name, at) => ({ name, path: parts.slice(0, at + 1).join('/') }))
}

/** The README among the entries of a folder, however its name is spelled. */
export function readmeOf(entries: readonly TreeEntry[]): TreeEntry | undefined {
  return entries.find((entry) => entry.type === 'file' && /^readme\.(md|markdown|txt)$/i.test(baseName(entry.path)))
}
