import type { SourceFile } from '#platform/catalog'
import type { CrawledFile } from './crawl.ts'
import { editUrl, fileUrl, type HostAddress } from './host-address.ts'
import type { Place } from './place.ts'
import { repositoryName } from './place.ts'

/** What all files of a location have in common. */
export interface FileContext {
  hosts: readonly HostAddress[]
  /** `url:https://…` or `file:/…` of the location: where the chain begins. */
  origin: string
  /** Ref of the Location entity that stands for it, when one does. */
  generatedRef: string | undefined
  /** The address of the one file that the location is, as its owner wrote it. */
  rootAddress: string | undefined
  /** The branch that a place without a ref lies on. */
  branchOf: (place: Place) => string
}

/** A file as the catalog takes it: its text with where it lies, where people see and edit it, and what lists it. Pure. */
export function sourceFileOf(file: CrawledFile & { text: string }, context: FileContext): SourceFile {
  const { place } = file
  const parent = file.parent ?? context.generatedRef
  const common = { path: file.key, text: file.text, origin: context.origin, ...(parent === undefined ? {} : { parent }) }
  if (place.type === 'folder') return { ...common, location: `file:${place.path}` }
  if (place.type === 'http') return { ...common, location: `url:${place.url}`, viewUrl: place.url }
  const host = context.hosts.find((candidate) => candidate.name === place.host)
  const at = { repository: place.repository, ref: context.branchOf(place), path: place.path }
  if (!host) return { ...common, location: context.origin }
  const url = file.via === null && context.rootAddress !== undefined ? context.rootAddress : fileUrl(host, at)
  const edit = editUrl(host, at)
  return {
    ...common,
    location: `url:${url}`,
    viewUrl: url,
    ...(edit === undefined ? {} : { editUrl: edit }),
    repository: repositoryName(place),
    branch: at.ref,
  }
}
