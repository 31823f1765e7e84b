import { z } from 'zod'
import type { ForgeMember, ForgeOrganisation, ForgeRepository, ForgeTeam } from '../remote/forge-api.ts'
import { messageOf, type ForgeClient } from '../remote/forge-client.ts'
import { foreignHostFaults } from '../remote/foreign-host-faults.ts'
import { githubRepository, toRepository } from './github-schemas.ts'

const team = z.looseObject({
  slug: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  parent: z.looseObject({ slug: z.string() }).nullish(),
})
const login = z.looseObject({ login: z.string() })
const membersPage = z.looseObject({
  data: z
    .looseObject({
      organization: z
        .looseObject({
          membersWithRole: z.looseObject({
            pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
            nodes: z.array(z.looseObject({ login: z.string(), name: z.string().nullish(), email: z.string().nullish() }).nullable()),
          }),
        })
        .nullish(),
    })
    .nullish(),
  errors: z.array(z.looseObject({ message: z.string() })).default([]),
})

/** Names come with a page of a hundred by GraphQL; by REST they would be a call a person. */
const MEMBERS_QUERY = `query members($org: String!, $after: String) {
  organization(login: $org) { membersWithRole(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { login name email } } }
}`

/** https://docs.github.com/en/rest/teams, /rest/repos and /graphql/reference/objects#organization. */
export class GithubOrganisation implements ForgeOrganisation {
  readonly #client: ForgeClient
  readonly #host: string
  readonly #graphqlUrl: string

  constructor(client: ForgeClient, options: { host: string; graphqlUrl: string }) {
    this.#client = client
    this.#host = options.host
    this.#graphqlUrl = options.graphqlUrl
  }

  async listRepositories(organisation: string): Promise<ForgeRepository[]> {
    const name = encodeURIComponent(organisation)
    const query = { per_page: 100, sort: 'full_name' }
    const found =
      (await this.#client.all({ path: `/orgs/${name}/repos`, query }, githubRepository)) ??
      (await this.#client.all({ path: `/users/${name}/repos`, query }, githubRepository))
    if (found === undefined) throw this.#absent(organisation)
    return found.map(toRepository)
  }

  async listTeams(organisation: string): Promise<ForgeTeam[]> {
    const path = `/orgs/${encodeURIComponent(organisation)}/teams`
    const teams = await this.#client.all({ path, query: { per_page: 100 } }, team)
    if (teams === undefined) throw this.#absent(organisation)
    const told: ForgeTeam[] = []
    for (const { slug, name, description, parent } of teams) {
      const members = (await this.#client.all({ path: `${path}/${encodeURIComponent(slug)}/members`, query: { per_page: 100 } }, login)) ?? []
      told.push({
        name: slug,
        title: name,
        description: description ?? '',
        parent: parent?.slug ?? null,
        members: members.map((member) => member.login).sort(),
      })
    }
    return told
  }

  async listMembers(organisation: string): Promise<ForgeMember[]> {
    const members: ForgeMember[] = []
    let after: string | null = null
    do {
      const body = { query: MEMBERS_QUERY, variables: { org: organisation, after } }
      const answer: z.infer<typeof membersPage> = await this.#client.get({ method: 'POST', path: this.#graphqlUrl, body }, membersPage)
      const page = answer.data?.organization?.membersWithRole
      if (!page)
        throw answer.errors.length > 0 ? foreignHostFaults.forbidden({ host: this.#host, what: messageOf(answer.errors[0]) }) : this.#absent(organisation)
      for (const node of page.nodes)
        if (node) members.push({ login: node.login, name: node.name ?? node.login, email: node.email === '' ? null : (node.email ?? null) })
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null
    } while (after !== null)
    return members
  }

  #absent(organisation: string): Error {
    return foreignHostFaults.forbidden({ host: this.#host, what: `there is no organisation "${organisation}" that the token sees` })
  }
}
