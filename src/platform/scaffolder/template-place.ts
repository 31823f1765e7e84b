import { createHash } from 'node:crypto'
import type { GitHost, RepositoryRef } from '#delivery/git-host'
import type { TemplateFile } from './actions/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'

/** A template's file in a repository of a Git host. */
export interface GitTemplatePlace {
  kind: 'git'
  /** As the catalog names the repository, e.g. `fairway/golden-paths` or `github.com/acme/templates`. */
  repository: string
  host: Pick<GitHost, 'readFile' | 'listTree' | 'resolveRef' | 'log'>
  at: RepositoryRef
  /** Branch, tag or commit. */
  ref: string
  /** From the repository's root. */
  path: string
}

/** A template's file where nobody keeps commits: a web address, a folder. Paths are from the root of the site or of the machine, without a slash before them. */
export interface LooseTemplatePlace {
  kind: 'loose'
  /** Its address without its last segment: `https://example.org/templates`, `/srv/templates`. */
  source: string
  path: string
  readFile(path: string): Promise<Uint8Array>
  /** @throws a fault in words for the author when it can not be listed. */
  listFolder(path: string): Promise<readonly TemplateFile[]>
}

export type TemplatePlace = GitTemplatePlace | LooseTemplatePlace

/** Finds where a template lies that came by a location: `url:https://…`, `file:/…`. @throws faults that say what to do. */
export type FindTemplatePlace = (location: string) => Promise<TemplatePlace>

/** A place at one commit; of a loose one the commit is the descriptor's SHA-256, so that what is planned is what is carried out. */
export interface TemplateRevision {
  place: TemplatePlace
  commit: string
  /** The descriptor where it had to be read to know; undefined in a repository. */
  content: Uint8Array | undefined
}

const MAX_FILES = 5_000

/** The descriptor's revision where there are no commits. */
export function looseRevision(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Files below a folder of a place at a commit. @throws `platform.scaffolder.bad_path` for links, `.too_large`. */
export async function filesBelow(place: TemplatePlace, commit: string, folder: string): Promise<readonly TemplateFile[]> {
  if (place.kind === 'loose') return checked(await place.listFolder(folder))
  const at = { ...place.at, ref: commit }
  const entries = await place.host.listTree({ ...at, ...(folder === '' ? {} : { path: folder }), recursive: true })
  const link = entries.find((entry) => entry.type === 'link' || entry.type === 'submodule')
  // A link may lead anywhere; neither followed nor copied into somebody's new repository.
  if (link) throw scaffolderFaults.bad_path({ path: link.path, why: `is a ${link.type}; a template has files only` })
  const files = checked(entries.filter((entry) => entry.type === 'file'))
  const result: TemplateFile[] = []
  for (const batch of batches(files, 8)) {
    result.push(
      ...(await Promise.all(
        batch.map(async (entry) => ({
          path: folder === '' ? entry.path : entry.path.slice(folder.length + 1),
          content: await place.host.readFile({ ...at, path: entry.path }),
          isExecutable: entry.mode === '100755',
        })),
      )),
    )
  }
  return result
}

function checked<T>(files: readonly T[]): readonly T[] {
  if (files.length > MAX_FILES) throw scaffolderFaults.too_large({ what: `more than ${MAX_FILES} files` })
  return files
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
}
