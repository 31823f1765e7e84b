import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { Minimatch } from 'minimatch'

/** What a search found. */
export interface FoundFiles {
  /** Absolute, sorted; symbolic links are followed to files inside `within` only. */
  files: string[]
  /** Folders that the patterns name, from which everything was taken. */
  roots: string[]
}

/**
 * Files that a list of patterns names, as `@actions/glob` finds them: a pattern per line, `!` takes away, a folder means all in it, `~` is home.
 * Nothing outside `within` is ever found, whatever patterns or links say; `.git` is left out.
 */
export function findFiles(patterns: readonly string[], options: { base: string; within: readonly string[]; includeHidden?: boolean }): FoundFiles {
  const found = new Set<string>()
  const roots: string[] = []
  for (const raw of patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '' && !pattern.startsWith('#'))) {
    const isExclusion = raw.startsWith('!')
    const pattern = path.resolve(options.base, expandHome(isExclusion ? raw.slice(1) : raw))
    const glob = new Minimatch(pattern, { dot: true, nocomment: true })
    const matches = (file: string): boolean => file === pattern || file.startsWith(`${pattern}/`) || glob.match(file) || isBelowMatch(file, pattern, glob)
    if (isExclusion) {
      for (const file of found) if (matches(file)) found.delete(file)
      continue
    }
    const root = literalPrefix(pattern)
    roots.push(root)
    for (const file of walk(root, options)) if (matches(file)) found.add(file)
  }
  return { files: [...found].sort(), roots }
}

/** A pattern that matches a folder takes all in it: `dist/*` takes `dist/a/b.js`. */
function isBelowMatch(file: string, pattern: string, glob: Minimatch): boolean {
  if (!/[*?[]/.test(pattern) || pattern.includes('**')) return false
  const depth = pattern.split('/').length
  const parts = file.split('/')
  return parts.length > depth && glob.match(parts.slice(0, depth).join('/'))
}

/** The part of a pattern before its first wildcard, up to a whole folder. */
function literalPrefix(pattern: string): string {
  const parts = pattern.split('/')
  const wild = parts.findIndex((part) => /[*?[\]{}]/.test(part))
  return wild === -1 ? pattern : parts.slice(0, wild).join('/') || '/'
}

function* walk(start: string, options: { within: readonly string[]; includeHidden?: boolean }): Generator<string> {
  const stats = statSync(start, { throwIfNoEntry: false })
  if (!stats || !isInside(start, options.within)) return
  if (stats.isFile()) yield start
  if (stats.isDirectory()) yield* walkFolder(start, options)
}

function* walkFolder(folder: string, options: { within: readonly string[]; includeHidden?: boolean }): Generator<string> {
  for (const entry of entriesOf(folder)) {
    if (entry.name === '.git' || (options.includeHidden === false && entry.name.startsWith('.'))) continue
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* walkFolder(file, options)
    else if (entry.isFile()) yield file
    // A link to a folder is not walked: it may lead in circles.
    else if (entry.isSymbolicLink() && statSync(file, { throwIfNoEntry: false })?.isFile() && isInside(file, options.within)) yield file
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** Whether a file, after all links, lies in one of the folders. */
function isInside(file: string, folders: readonly string[]): boolean {
  try {
    const real = realpathSync(file)
    return folders.some((folder) => {
      const root = realpathSync(folder)
      return real === root || real.startsWith(`${root}/`)
    })
  } catch {
    return false
  }
}

/** Replaces a leading `~` by the home folder. */
export function expandHome(text: string): string {
  return text === '~' || text.startsWith('~/') ? path.join(homedir(), text.slice(1)) : text
}
