import type { DirectoryGroup, DirectoryUser } from '../directory-person.ts'
import { peopleFaults } from '../people-faults.ts'
import type { GroupValues, UserValues } from '../people-store.ts'

const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** A resource as SCIM writes it. Source: RFC 7643. */
export interface ScimResource extends Record<string, unknown> {
  schemas: string[]
  id: string
  meta: { resourceType: string; created: Date; lastModified: Date; location: string }
}

interface ScimValue {
  value?: unknown
  type?: unknown
  primary?: unknown
}

/** A person as SCIM shows it. Pure. */
export function userResource(user: DirectoryUser, groups: readonly Pick<DirectoryGroup, 'id' | 'displayName'>[], baseUrl: string): ScimResource {
  return {
    ...user.resource,
    schemas: [...new Set([USER_SCHEMA, ...schemasOf(user.resource)])],
    id: user.id,
    userName: user.userName,
    ...(user.externalId === null ? {} : { externalId: user.externalId }),
    ...(user.displayName === null ? {} : { displayName: user.displayName }),
    active: user.isActive,
    ...(Array.isArray(user.resource['emails']) || user.email === null ? {} : { emails: [{ value: user.email, primary: true }] }),
    groups: groups.map((group) => ({ value: group.id, display: group.displayName, $ref: `${baseUrl}/Groups/${group.id}` })),
    meta: { resourceType: 'User', created: user.createdAt, lastModified: user.updatedAt, location: `${baseUrl}/Users/${user.id}` },
  }
}

/** A group as SCIM shows it. Pure. */
export function groupResource(
  group: DirectoryGroup,
  members: readonly Pick<DirectoryUser, 'id' | 'userName' | 'displayName'>[],
  baseUrl: string,
): ScimResource {
  return {
    ...group.resource,
    schemas: [...new Set([GROUP_SCHEMA, ...schemasOf(group.resource)])],
    id: group.id,
    displayName: group.displayName,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    members: members.map((member) => ({
      value: member.id,
      display: member.displayName ?? member.userName,
      $ref: `${baseUrl}/Users/${member.id}`,
      type: 'User',
    })),
    meta: { resourceType: 'Group', created: group.createdAt, lastModified: group.updatedAt, location: `${baseUrl}/Groups/${group.id}` },
  }
}

/** What is kept of a person that a client has sent. A password never is. @throws `platform.people.bad_resource`. Pure. */
export function userValues(sent: Record<string, unknown>): UserValues {
  const { id: _id, meta: _meta, groups: _groups, password: _password, userName, externalId, active, displayName, ...resource } = sent
  if (typeof userName !== 'string' || userName.trim() === '') throw peopleFaults.bad_resource({ what: 'userName is required' })
  return {
    userName: userName.trim(),
    externalId: typeof externalId === 'string' ? externalId : null,
    displayName: typeof displayName === 'string' && displayName !== '' ? displayName : nameOf(resource['name']),
    email: emailOf(resource['emails']),
    // Some clients send "True" and "False".
    isActive: !(active === false || (typeof active === 'string' && active.toLowerCase() === 'false')),
    resource,
  }
}

/** What is kept of a group that a client has sent, and who is in it (undefined: not said). @throws `platform.people.bad_resource`. Pure. */
export function groupValues(sent: Record<string, unknown>): { values: GroupValues; members: string[] | undefined } {
  const { id: _id, meta: _meta, members, displayName, externalId, ...resource } = sent
  if (typeof displayName !== 'string' || displayName.trim() === '') throw peopleFaults.bad_resource({ what: 'displayName is required' })
  const values = { displayName: displayName.trim(), externalId: typeof externalId === 'string' ? externalId : null, resource }
  return {
    values,
    members: Array.isArray(members) ? (members as ScimValue[]).flatMap((member) => (typeof member.value === 'string' ? [member.value] : [])) : undefined,
  }
}

function schemasOf(resource: Record<string, unknown>): string[] {
  const { schemas } = resource
  return Array.isArray(schemas) ? schemas.filter((schema): schema is string => typeof schema === 'string') : []
}

function nameOf(name: unknown): string | null {
  if (typeof name !== 'object' || name === null) return null
  const { formatted, givenName, familyName } = name as Record<string, unknown>
  if (typeof formatted === 'string' && formatted !== '') return formatted
  const parts = [givenName, familyName].filter((part): part is string => typeof part === 'string' && part !== '')
  return parts.length === 0 ? null : parts.join(' ')
}

function emailOf(emails: unknown): string | null {
  if (!Array.isArray(emails)) return null
  const list = (emails as ScimValue[]).filter((email) => typeof email.value === 'string')
  const found = list.find((email) => email.primary === true || email.primary === 'true') ?? list.find((email) => email.type === 'work') ?? list[0]
  return typeof found?.value === 'string' ? found.value : null
}
