import { createHash } from 'node:crypto'
import path from 'node:path'

/** Folder of npm's cache for a repository: npm's entries are named by their content, so jobs at once may share it. */
export function npmCacheFolder(cacheDir: string, repository: string): string {
  return path.join(cacheDir, 'npm', folderNameOf(repository))
}

/** A name of any text that is safe as a folder, and still tells people what it is. */
export function folderNameOf(text: string): string {
  return `${text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
