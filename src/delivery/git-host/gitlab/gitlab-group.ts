import { z } from 'zod'
import type { ForgeMember, ForgeOrganisation, ForgeRepository, ForgeTeam } from '../remote/forge-api.ts'
import type { ForgeClient } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import { groupPath } from './gitlab-paths.ts'
import { gitlabProject, isGone, toRepository } from './gitlab-schemas.ts'

const group = z.looseObject({ id: z.number(), full_path: z.string(), name: z.string(), description: z.string().nullish() })
const member = z.looseObject({
  username: z.string(),
  name: z.string(),
  state: z.string().default('active'),
  email: z.string().nullish(),
  public_email: z.string().nullish(),
})
const PAGE = { per_page: 100 }

/** https://docs.gitlab.com/api/groups/ and /api/group_members/. Subgroups are its teams, named by their path below the group. */
export class GitlabGroup implements ForgeOrganisation {
  readonly #client: ForgeClient
  readonly #host: string

  constructor(client: ForgeClient, host: string) {
    this.#client = client
    this.#host = host
  }

  async listRepositories(organisation: string): Promise<ForgeRepository[]> {
    const query = { ...PAGE, include_subgroups: true, with_shared: false, order_by: 'path', sort: 'asc' }
    const found =
      (await this.#client.all({ path: `${groupPath(organisation)}/projects`, query }, gitlabProject)) ??
      (await this.#client.all({ path: `/users/${encodeURIComponent(organisation)}/projects`, query: PAGE }, gitlabProject))
    if (found === undefined) throw this.#absent(organisation)
    const all = found.filter((project) => !isGone(project)).map(toRepository)
    return all.sort((a, b) => (`${a.owner}/${a.name}` < `${b.owner}/${b.name}` ? -1 : 1))
  }

  async listTeams(organisation: string): Promise<ForgeTeam[]> {
    const groups = await this.#client.all({ path: `${groupPath(organisation)}/descendant_groups`, query: PAGE }, group)
    if (groups === undefined) throw this.#absent(organisation)
    const told: ForgeTeam[] = []
    for (const { full_path, name: title, description } of groups) {
      const direct = (await this.#client.all({ path: `${groupPath(full_path)}/members`, query: PAGE }, member)) ?? []
      const name = full_path.slice(organisation.length + 1)
      const above = name.lastIndexOf('/')
      told.push({
        name,
        title,
        description: description ?? '',
        parent: above === -1 ? null : name.slice(0, above),
        members: direct
          .filter(isActive)
          .map((each) => each.username)
          .sort(),
      })
    }
    return told.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async listMembers(organisation: string): Promise<ForgeMember[]> {
    // A member of a subgroup alone is none of the group: both lists together are everybody.
    const lists = [await this.#client.all({ path: `${groupPath(organisation)}/members/all`, query: PAGE }, member)]
    if (lists[0] === undefined) throw this.#absent(organisation)
    const groups = (await this.#client.all({ path: `${groupPath(organisation)}/descendant_groups`, query: PAGE }, group)) ?? []
    for (const { full_path } of groups) lists.push(await this.#client.all({ path: `${groupPath(full_path)}/members`, query: PAGE }, member))
    const people = new Map(
      lists
        .flatMap((list) => list ?? [])
        .filter(isActive)
        .map((each) => [each.username, each]),
    )
    return [...people.values()]
      .map((each) => ({ login: each.username, name: each.name, email: each.email ?? (each.public_email === '' ? null : (each.public_email ?? null)) }))
      .sort((a, b) => (a.login < b.login ? -1 : 1))
  }

  #absent(organisation: string): Error {
    return foreignHostFaults.forbidden({ host: this.#host, what: `there is no group "${organisation}" that the token sees` })
  }
}

function isActive(each: z.infer<typeof member>): boolean {
  return each.state === 'active'
}
