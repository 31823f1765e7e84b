/** A line of the file tree: a folder's name, or a file with its whole path. */
export interface TreeLine {
  kind: 'folder' | 'file'
  path: string
  name: string
  depth: number
}

/** Files as an indented list, folders before files, each in order. */
export function fileTree(paths: readonly string[], prefix = '', depth = 0): TreeLine[] {
  const inside = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length))
  const folders = [...new Set(inside.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))))].sort()
  const files = inside.filter((path) => path !== '' && !path.includes('/')).sort()
  return [
    ...folders.flatMap((name): TreeLine[] => [{ kind: 'folder', path: `${prefix}${name}`, name, depth }, ...fileTree(paths, `${prefix}${name}/`, depth + 1)]),
    ...files.map((name): TreeLine => ({ kind: 'file', path: `${prefix}${name}`, name, depth })),
  ]
}
