import { z } from 'zod'
import type { ForgeMember, ForgeOrganisation, ForgeRepository, ForgeTeam } from '../remote/forge-api.ts'
import type { ForgeClient } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import { azureRepository, toRepository } from './azure-schemas.ts'

const named = z.looseObject({ id: z.string(), name: z.string(), description: z.string().nullish() })
const identity = z.looseObject({ displayName: z.string(), uniqueName: z.string(), isContainer: z.boolean().nullish() })
const teamMember = z.looseObject({ identity })
const PAGE = 100
const MAX_PAGES = 1_000

/** https://learn.microsoft.com/en-us/rest/api/azure/devops/core/teams. Teams belong to projects; an organisation alone stands for all of its projects. */
export class AzureOrganisation implements ForgeOrganisation {
  readonly #client: ForgeClient
  readonly #host: string
  readonly #url: string

  constructor(client: ForgeClient, options: { host: string; url: string }) {
    this.#client = client
    this.#host = options.host
    this.#url = options.url
  }

  async listRepositories(owner: string): Promise<ForgeRepository[]> {
    const [organisation = '', project] = owner.split('/')
    const scope = project === undefined ? '' : `/${encodeURIComponent(project)}`
    const found = await this.#client.find(
      { path: `/${encodeURIComponent(organisation)}${scope}/_apis/git/repositories` },
      z.looseObject({ value: z.array(azureRepository) }),
    )
    if (!found) throw this.#absent(owner)
    return found.value.map((item) => toRepository(organisation, item, this.#url)).sort((a, b) => (`${a.owner}/${a.name}` < `${b.owner}/${b.name}` ? -1 : 1))
  }

  async listTeams(owner: string): Promise<ForgeTeam[]> {
    const told: ForgeTeam[] = []
    for (const { project, team, members } of await this.#teams(owner))
      told.push({
        // Every project has teams of the same names.
        name: owner.includes('/') ? team.name : `${project}/${team.name}`,
        title: team.name,
        description: team.description ?? '',
        parent: null,
        members: members.map((member) => member.uniqueName).sort(),
      })
    return told.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Everybody who is in a team: a call for all users of the organisation is on another host, with another permission. */
  async listMembers(owner: string): Promise<ForgeMember[]> {
    const people = new Map((await this.#teams(owner)).flatMap(({ members }) => members).map((member) => [member.uniqueName, member]))
    return [...people.values()]
      .map(({ uniqueName, displayName }) => ({ login: uniqueName, name: displayName, email: uniqueName.includes('@') ? uniqueName : null }))
      .sort((a, b) => (a.login < b.login ? -1 : 1))
  }

  async #teams(owner: string): Promise<{ project: string; team: z.infer<typeof named>; members: z.infer<typeof identity>[] }[]> {
    const [organisation = '', only] = owner.split('/')
    const base = `/${encodeURIComponent(organisation)}/_apis/projects`
    const projects = only === undefined ? (await this.#all(base, named, owner)).map((project) => project.name) : [only]
    const told = []
    for (const project of projects) {
      const path = `${base}/${encodeURIComponent(project)}/teams`
      for (const team of await this.#all(path, named, owner)) {
        const members = await this.#all(`${path}/${team.id}/members`, teamMember, owner)
        told.push({ project, team, members: members.map((member) => member.identity).filter((member) => member.isContainer !== true) })
      }
    }
    return told
  }

  async #all<T>(path: string, item: z.ZodType<T>, owner: string): Promise<T[]> {
    const items: T[] = []
    for (let page = 0; page < MAX_PAGES; page++) {
      const found = await this.#client.find({ path, query: { $top: PAGE, $skip: page * PAGE } }, z.looseObject({ value: z.array(item) }))
      if (!found) throw this.#absent(owner)
      items.push(...found.value)
      if (found.value.length < PAGE) break
    }
    return items
  }

  #absent(owner: string): Error {
    return foreignHostFaults.forbidden({ host: this.#host, what: `there is no organisation or project "${owner}" that the token sees` })
  }
}
