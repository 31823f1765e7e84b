import type { EntityDetail } from '../../api/shapes.ts'

/** A file of a repository on the built-in Git host. */
export interface BuiltInFile {
  owner: string
  name: string
  path: string
}

/** The file on the built-in Git host that declares an entity; null when it lies elsewhere, e.g. on a forge (whose repositories have three parts). */
export function builtInFile(source: EntityDetail['source']): BuiltInFile | null {
  const match = /^([\w.-]+)\/([\w.-]+)$/.exec(source.repository)
  if (match?.[1] === undefined || match[2] === undefined || source.path === '') return null
  return { owner: match[1], name: match[2], path: source.path }
}
