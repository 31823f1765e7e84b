import type { HostMember, HostTeam } from './source-host.ts'

/** People and teams of an organisation as catalog entities, ready to be written as JSON. */
export interface OrganisationEntity {
  apiVersion: 'backstage.io/v1alpha1'
  kind: 'User' | 'Group'
  metadata: { name: string; description?: string; annotations: Record<string, string> }
  spec: Record<string, unknown>
}

/**
 * Teams become Groups, members Users with the teams that they are in. Pure; sorted, so that the same organisation gives the same text.
 * Names are made fit for the catalog; of two that become one, the first by the host's own name stays.
 * @param annotation prefix of the annotations that keep the host's own names, e.g. `github.com`.
 */
export function organisationEntities(annotation: string, teams: readonly HostTeam[], members: readonly HostMember[]): OrganisationEntity[] {
  const groups = new Map<string, HostTeam>()
  for (const team of sorted(teams, (item) => item.name)) {
    const name = entityName(team.name)
    if (name !== undefined && !groups.has(name)) groups.set(name, team)
  }
  const users = new Map<string, HostMember>()
  for (const member of sorted(members, (item) => item.login)) {
    const name = entityName(member.login)
    if (name !== undefined && !users.has(name)) users.set(name, member)
  }
  return [
    ...[...groups].map(([name, team]) => groupOf(annotation, name, team, groups)),
    ...[...users].map(([name, member]) => userOf(annotation, name, member, groups)),
  ]
}

function groupOf(annotation: string, name: string, team: HostTeam, groups: ReadonlyMap<string, HostTeam>): OrganisationEntity {
  const parent = team.parent === null ? undefined : entityName(team.parent)
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: {
      name,
      ...(team.description === undefined || team.description === '' ? {} : { description: team.description }),
      annotations: { [`${annotation}/team-slug`]: team.name },
    },
    spec: {
      type: 'team',
      profile: { displayName: team.title === '' ? team.name : team.title },
      ...(parent !== undefined && parent !== name && groups.has(parent) ? { parent } : {}),
      children: [],
    },
  }
}

function userOf(annotation: string, name: string, member: HostMember, groups: ReadonlyMap<string, HostTeam>): OrganisationEntity {
  const login = member.login.toLowerCase()
  const memberOf = [...groups].filter(([, team]) => team.members.some((other) => other.toLowerCase() === login)).map(([group]) => group)
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name, annotations: { [`${annotation}/user-login`]: member.login } },
    spec: {
      profile: {
        displayName: member.name === null || member.name === '' ? member.login : member.name,
        ...(member.email === null || member.email === '' ? {} : { email: member.email }),
      },
      memberOf: memberOf.sort(),
    },
  }
}

/** A name as the catalog takes it: 1 to 63 of a-z 0-9 with single - _ . between; undefined when nothing is left. */
function entityName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replace(/@.*$/, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63)
    .replace(/-$/, '')
  return name === '' ? undefined : name
}

function sorted<T>(items: readonly T[], by: (item: T) => string): T[] {
  return [...items].sort((a, b) => (by(a) < by(b) ? -1 : 1))
}
