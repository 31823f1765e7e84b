import { Minimatch } from 'minimatch'

/** Longest glob that is taken; more than a person writes. */
const MAX_LENGTH = 500

/** True when a path has a character that matches more than itself. `?` is no such one here: in an address it begins the query. */
export function isGlob(path: string): boolean {
  return /[*{[]/.test(path)
}

/** The folders before the first part that matches more than itself, e.g. `services` of `services/*` + `/catalog-info.yaml`; empty when there are none. */
export function globBase(glob: string): string {
  const parts = glob.split('/')
  const first = parts.findIndex(isGlob)
  return (first === -1 ? parts.slice(0, -1) : parts.slice(0, first)).join('/')
}

/**
 * Makes a test for paths (with `/`, without a first `/`). `*` stays within a folder, `**` crosses folders, `{a,b}` and `[ab]` as in a shell; hidden files count.
 * Patterns of any origin are safe: no nesting of repetitions is possible, and braces expand to a hundred at most.
 */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const plain = new Set(globs.filter((glob) => !isGlob(glob)))
  const matchers = globs
    .filter((glob) => isGlob(glob) && glob.length <= MAX_LENGTH)
    .map((glob) => new Minimatch(glob, { dot: true, noext: true, nocomment: true, nonegate: true, braceExpandMax: 100, platform: 'linux' }))
  return (path) => plain.has(path) || matchers.some((matcher) => matcher.match(path))
}
