import { cleanPath } from './mkdocs-file.ts'

/** Where documentation lies in a repository: the folder that holds `mkdocs.yml`, or would. */
export interface DocsPlace {
  /** Below the repository's root; empty for the root. */
  root: string
  /** Whether somebody asked for it by `backstage.io/techdocs-ref`: then an absent folder is a problem worth telling. */
  isDeclared: boolean
}

/**
 * Where an entity's documentation lies, by its annotation `backstage.io/techdocs-ref` (`dir:` with a path beside the descriptor; `url:` to a folder of
 * another repository is not followed) or, without one, beside its descriptor. Pure.
 * @param descriptor path of the file that declares the entity.
 * @returns undefined when the annotation leads elsewhere.
 */
export function docsPlaceOf(descriptor: string, techdocsRef: string | undefined): DocsPlace | undefined {
  const folder = descriptor.includes('/') ? descriptor.slice(0, descriptor.lastIndexOf('/')) : ''
  if (techdocsRef === undefined) return { root: folder, isDeclared: false }
  const target = /^dir:(.*)$/.exec(techdocsRef.trim())?.[1]
  if (target === undefined) return undefined
  const root = cleanPath(target.startsWith('/') ? target : `${folder}/${target}`)
  return root === undefined ? undefined : { root, isDeclared: true }
}

/** Which Markdown files are pages: those of the docs folder, or the README alone where there is none. Paths are as the site has them. Pure. */
export function pagesIn(files: readonly string[], root: string, docsDir: string): { folder: string; pages: string[] } {
  const prefix = (folder: string): string => (folder === '' ? '' : `${folder}/`)
  const folder = [root, docsDir].filter((part) => part !== '').join('/')
  const pages = files.filter((file) => file.startsWith(prefix(folder)) && /\.md$/i.test(file)).map((file) => file.slice(prefix(folder).length))
  if (pages.length > 0) return { folder, pages }
  const readme = files.find((file) => file.toLowerCase() === `${prefix(root)}readme.md`.toLowerCase())
  return { folder: root, pages: readme === undefined ? [] : [readme.slice(prefix(root).length)] }
}
