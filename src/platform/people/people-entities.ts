import { stringify } from 'yaml'
import type { SourceFile } from '#platform/catalog'
import type { DirectoryGroup, DirectorySource, DirectoryUser } from './directory-person.ts'

const MAX_LENGTH = 63
/** Says whose person or group an entity is, e.g. `scim:3f0c…`. */
const DIRECTORY_ANNOTATION = 'fairway.dev/directory'

/** The catalog name of a person or group, e.g. `ana.lopez` of `Ana.Lopez@example.com`; undefined when nothing of it can be a name. Pure. */
export function catalogNameOf(text: string): string | undefined {
  const local = text.includes('@') ? text.slice(0, text.indexOf('@')) : text
  const name = local
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return name === '' ? undefined : name
}

/** A person as a file that the catalog reads; undefined for one who is not active, or has no name that the catalog can hold. Pure. */
export function userFile(source: DirectorySource, user: DirectoryUser): SourceFile | undefined {
  const name = catalogNameOf(user.userName)
  if (!user.isActive || name === undefined) return undefined
  return fileOf(source, 'users', user.id, {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, annotations: annotationsOf(source, user.id) },
    spec: { memberOf: [], ...profileOf({ displayName: user.displayName, email: user.email }) },
  })
}

/** A group with its members, by their catalog names, as a file that the catalog reads. Pure. */
export function groupFile(source: DirectorySource, group: DirectoryGroup, members: readonly string[]): SourceFile | undefined {
  const name = catalogNameOf(group.displayName)
  if (name === undefined) return undefined
  return fileOf(source, 'groups', group.id, {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name, title: group.displayName, annotations: annotationsOf(source, group.id) },
    spec: { type: 'team', children: [], members: [...new Set(members)].sort(), ...profileOf({ displayName: group.displayName, email: null }) },
  })
}

/** Where a person's or group's file lies. Pure. */
export function pathOf(folder: 'users' | 'groups', id: string): string {
  return `${folder}/${id}.yaml`
}

function fileOf(source: DirectorySource, folder: 'users' | 'groups', id: string, document: object): SourceFile {
  return { path: pathOf(folder, id), text: stringify(document), location: `${source}:${folder}/${id}` }
}

/** What the catalog marks a directory's own entity with. Pure. */
export function markOf(source: DirectorySource, id: string): string {
  return `${source}:${id}`
}

function annotationsOf(source: DirectorySource, id: string): Record<string, string> {
  return { [DIRECTORY_ANNOTATION]: markOf(source, id) }
}

function profileOf(fields: { displayName: string | null; email: string | null }): { profile?: Record<string, string> } {
  const known = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== '')
  return known.length === 0 ? {} : { profile: Object.fromEntries(known) }
}
