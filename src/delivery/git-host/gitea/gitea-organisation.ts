import { z } from 'zod'
import type { ForgeMember, ForgeOrganisation, ForgeRepository, ForgeTeam } from '../remote/forge-api.ts'
import type { ForgeClient } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import { giteaRepository, toRepository } from './gitea-schemas.ts'

const team = z.looseObject({ id: z.number(), name: z.string(), description: z.string().default('') })
const person = z.looseObject({ login: z.string(), full_name: z.string().default(''), email: z.string().nullish() })

/** https://docs.gitea.com/api/1.26/#tag/organization. */
export class GiteaOrganisation implements ForgeOrganisation {
  readonly #client: ForgeClient
  readonly #host: string

  constructor(client: ForgeClient, host: string) {
    this.#client = client
    this.#host = host
  }

  async listRepositories(organisation: string): Promise<ForgeRepository[]> {
    const name = encodeURIComponent(organisation)
    const query = { limit: 50 }
    const found =
      (await this.#client.all({ path: `/orgs/${name}/repos`, query }, giteaRepository)) ??
      (await this.#client.all({ path: `/users/${name}/repos`, query }, giteaRepository))
    if (found === undefined) throw this.#absent(organisation)
    return found.map(toRepository).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async listTeams(organisation: string): Promise<ForgeTeam[]> {
    const teams = await this.#client.all({ path: `/orgs/${encodeURIComponent(organisation)}/teams`, query: { limit: 50 } }, team)
    if (teams === undefined) throw this.#absent(organisation)
    const told: ForgeTeam[] = []
    for (const { id, name, description } of teams) {
      const members = (await this.#client.all({ path: `/teams/${id}/members`, query: { limit: 50 } }, person)) ?? []
      told.push({ name, title: name, description, parent: null, members: members.map((member) => member.login).sort() })
    }
    return told.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async listMembers(organisation: string): Promise<ForgeMember[]> {
    const members = await this.#client.all({ path: `/orgs/${encodeURIComponent(organisation)}/members`, query: { limit: 50 } }, person)
    if (members === undefined) throw this.#absent(organisation)
    return members.map(({ login, full_name, email }) => ({
      login,
      name: full_name === '' ? login : full_name,
      // Of people who hide it Gitea makes one up, which leads nowhere.
      email: email === undefined || email === '' || email?.includes('@noreply.') === true ? null : email,
    }))
  }

  #absent(organisation: string): Error {
    return foreignHostFaults.forbidden({ host: this.#host, what: `there is no organisation "${organisation}" that the token sees` })
  }
}
