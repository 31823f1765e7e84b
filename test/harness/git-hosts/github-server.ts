/**
 * Speaks the part of GitHub's REST and GraphQL API that the adapter uses. Follows: https://docs.github.com/en/rest (apiVersion 2022-11-28: repos, pulls,
 * issues/labels, teams, webhooks, "Using pagination", "Rate limits", "Best practices: conditional requests") and https://docs.github.com/en/graphql
 * (Organization.membersWithRole). It is no GitHub: rules of branches, forks and permissions are not there.
 */
import { ForgeRepositories, type StoredPull, type StoredRepository } from './forge-repositories.ts'
import { pageOf, startForgeServer, textOf, type ForgeRequest, type ForgeResponse, type ForgeRoute, type ForgeServer } from './forge-server.ts'

/** People and teams of the test organisation. */
export interface GithubPeople {
  members: { login: string; name: string | null; email: string }[]
  teams: { slug: string; name: string; description: string | null; parent: string | null; members: string[] }[]
}

export interface GithubServer extends ForgeServer {
  repositories: ForgeRepositories
  organisations: Map<string, GithubPeople>
  token: string
}

const SIZE = { key: 'per_page', standard: 30, most: 100 }
const NOT_FOUND = { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' } }

export async function startGithubServer(): Promise<GithubServer> {
  const token = 'ghp_test0123456789'
  const repositories = await ForgeRepositories.open()
  const organisations = new Map<string, GithubPeople>()
  let origin = ''

  const shownRepository = async (found: StoredRepository): Promise<object> => ({
    id: found.id,
    name: found.name,
    full_name: `${found.owner}/${found.name}`,
    owner: { login: found.owner, id: 1, type: 'Organization' },
    private: true,
    description: found.description === '' ? null : found.description,
    default_branch: 'main',
    created_at: found.createdAt.toISOString(),
    html_url: `${origin}/${found.owner}/${found.name}`,
    clone_url: `${origin}/${found.owner}/${found.name}.git`,
    archived: false,
  })
  const shownPull = async (repository: StoredRepository, pull: StoredPull, isWhole: boolean): Promise<Record<string, unknown>> => {
    await repositories.look(repository, pull)
    // Whether it can be merged is found out behind the first answer.
    const mergeable = pull.state !== 'open' || !pull.isLookedAt ? null : !(await repositories.conflicts(repository, pull))
    if (isWhole) pull.isLookedAt = true
    const base = (await repositories.head(repository, pull.target)) ?? ''
    return {
      number: pull.number,
      title: pull.title,
      body: pull.body,
      state: pull.state === 'open' ? 'open' : 'closed',
      merged_at: pull.state === 'merged' ? pull.updatedAt.toISOString() : null,
      merge_commit_sha: pull.mergeSha ?? 'f'.repeat(40),
      head: { ref: pull.source, sha: pull.headSha, label: `${repository.owner}:${pull.source}` },
      base: { ref: pull.target, sha: pull.state === 'open' ? base : pull.baseSha },
      user: { login: 'fairway-bot' },
      labels: pull.labels.map((name, index) => ({ id: index + 1, name, color: 'ededed' })),
      created_at: pull.createdAt.toISOString(),
      updated_at: pull.updatedAt.toISOString(),
      html_url: `${origin}/${repository.owner}/${repository.name}/pull/${pull.number}`,
      ...(isWhole ? { mergeable, merged: pull.state === 'merged' } : {}),
    }
  }
  const within = (handle: (repository: StoredRepository, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) => async (request: ForgeRequest) => {
    const [owner = '', name = ''] = request.params
    const repository = repositories.find(owner, name)
    return repository ? await handle(repository, request) : NOT_FOUND
  }
  const withPull = (handle: (repository: StoredRepository, pull: StoredPull, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) =>
    within(async (repository, request) => {
      const pull = repository.pulls.find((each) => each.number === Number(request.params[2]))
      return pull ? await handle(repository, pull, request) : NOT_FOUND
    })
  const invalid = (resource: string, error: object | string): ForgeResponse => ({
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [typeof error === 'string' ? { resource, code: 'custom', message: error } : { resource, ...error }],
      documentation_url: 'https://docs.github.com/rest',
      status: '422',
    },
  })
  const hookRoutes = (pattern: string, hooksOf: (request: ForgeRequest) => StoredRepository['hooks'] | undefined, at: number): ForgeRoute[] => [
    [
      'GET',
      new RegExp(`^${pattern}/hooks$`),
      (request) => {
        const hooks = hooksOf(request)
        if (!hooks) return NOT_FOUND
        const { items, headers } = pageOf(hooks, request, SIZE)
        // The secret is never shown.
        return {
          status: 200,
          headers,
          body: items.map(({ id, config }) => ({ id, type: 'Repository', name: 'web', active: true, config: { ...config, secret: '********' } })),
        }
      },
    ],
    [
      'POST',
      new RegExp(`^${pattern}/hooks$`),
      (request) => {
        const hooks = hooksOf(request)
        if (!hooks) return NOT_FOUND
        const hook = { id: repositories.nextId(), config: request.body['config'] as Record<string, unknown> }
        hooks.push(hook)
        return { status: 201, body: hook }
      },
    ],
    [
      'PATCH',
      new RegExp(`^${pattern}/hooks/(\\d+)$`),
      (request) => {
        const hook = hooksOf(request)?.find((each) => each.id === Number(request.params[at]))
        if (!hook) return NOT_FOUND
        hook.config = request.body['config'] as Record<string, unknown>
        return { status: 200, body: hook }
      },
    ],
  ]
  const organisationHooks = new Map<string, StoredRepository['hooks']>()
  const repositoryPattern = '/repos/([^/]+)/([^/]+)'

  const routes: ForgeRoute[] = [
    ['GET', /^\/user$/, () => ({ status: 200, headers: { 'x-oauth-scopes': 'repo, admin:org_hook, read:org' }, body: { login: 'fairway-bot' } })],
    [
      'POST',
      /^\/orgs\/([^/]+)\/repos$/,
      async ({ params: [owner = ''], body }) => {
        if (!organisations.has(owner)) return NOT_FOUND
        const made = await repositories.create(owner, textOf(body, 'name'), textOf(body, 'description'))
        return made
          ? { status: 201, body: await shownRepository(made) }
          : { ...invalid('Repository', { code: 'custom', field: 'name', message: 'name already exists on this account' }), status: 422 }
      },
    ],
    [
      'GET',
      /^\/orgs\/([^/]+)\/repos$/,
      async (request) => {
        const owner = request.params[0] ?? ''
        if (!organisations.has(owner)) return NOT_FOUND
        const own = [...repositories.all.values()].filter((each) => each.owner === owner)
        const { items, headers } = pageOf(own, request, SIZE)
        return { status: 200, headers, body: await Promise.all(items.map(shownRepository)) }
      },
    ],
    ['GET', new RegExp(`^${repositoryPattern}$`), within(async (repository) => ({ status: 200, body: await shownRepository(repository) }))],
    [
      'DELETE',
      new RegExp(`^${repositoryPattern}$`),
      within(async (repository) => {
        await repositories.remove(repository)
        return { status: 204 }
      }),
    ],
    [
      'POST',
      new RegExp(`^${repositoryPattern}/pulls$`),
      within(async (repository, { body }) => {
        const [source, target] = [textOf(body, 'head'), textOf(body, 'base')]
        for (const [field, branch] of [
          ['head', source],
          ['base', target],
        ] as const)
          if ((await repositories.head(repository, branch)) === undefined) return invalid('PullRequest', { field, code: 'invalid' })
        if (repository.pulls.some((each) => each.state === 'open' && each.source === source && each.target === target))
          return invalid('PullRequest', `A pull request already exists for ${repository.owner}:${source}.`)
        const [head, base] = [(await repositories.head(repository, source)) ?? '', (await repositories.head(repository, target)) ?? '']
        if (await repositories.isAncestor(repository, head, base)) return invalid('PullRequest', `No commits between ${target} and ${source}`)
        const pull = await repositories.open(repository, { title: textOf(body, 'title'), body: textOf(body, 'body'), source, target, labels: [] })
        return { status: 201, body: await shownPull(repository, pull, true) }
      }),
    ],
    [
      'GET',
      new RegExp(`^${repositoryPattern}/pulls$`),
      within(async (repository, request) => {
        for (const pull of repository.pulls) await repositories.look(repository, pull)
        const [state, head, base] = [request.query.get('state') ?? 'open', request.query.get('head'), request.query.get('base')]
        const wanted = repository.pulls
          .filter((each) => state === 'all' || (each.state === 'open' ? 'open' : 'closed') === state)
          .filter((each) => (head === null || head === `${repository.owner}:${each.source}`) && (base === null || base === each.target))
          .toReversed()
        const { items, headers } = pageOf(wanted, request, SIZE)
        return { status: 200, headers, body: await Promise.all(items.map(async (each) => await shownPull(repository, each, false))) }
      }),
    ],
    [
      'GET',
      new RegExp(`^${repositoryPattern}/pulls/(\\d+)$`),
      withPull(async (repository, pull) => ({ status: 200, body: await shownPull(repository, pull, true) })),
    ],
    [
      'PATCH',
      new RegExp(`^${repositoryPattern}/pulls/(\\d+)$`),
      withPull(async (repository, pull, { body }) => {
        if (typeof body['title'] === 'string') pull.title = body['title']
        if (typeof body['body'] === 'string') pull.body = body['body']
        if (body['state'] === 'closed' && pull.state === 'open') pull.state = 'closed'
        pull.updatedAt = new Date()
        return { status: 200, body: await shownPull(repository, pull, true) }
      }),
    ],
    [
      'PUT',
      new RegExp(`^${repositoryPattern}/issues/(\\d+)/labels$`),
      withPull((_repository, pull, { body }) => {
        pull.labels = body['labels'] as string[]
        return { status: 200, body: pull.labels.map((name, index) => ({ id: index + 1, name })) }
      }),
    ],
    [
      'PUT',
      new RegExp(`^${repositoryPattern}/pulls/(\\d+)/merge$`),
      withPull(async (repository, pull, { body }) => {
        await repositories.look(repository, pull)
        if (pull.state !== 'open') return { status: 405, body: { message: 'Pull Request is not mergeable', status: '405' } }
        if (typeof body['sha'] === 'string' && body['sha'] !== pull.headSha)
          return { status: 409, body: { message: 'Head branch was modified. Review and try the merge again.', status: '409' } }
        const method = body['merge_method'] === 'squash' ? 'squash' : 'merge'
        const title =
          typeof body['commit_title'] === 'string' ? body['commit_title'] : `Merge pull request #${pull.number} from ${repository.owner}/${pull.source}`
        const message = [title, textOf(body, 'commit_message')].filter((part) => part !== '').join('\n\n')
        if (!(await repositories.merge(repository, pull, { method, message })))
          return { status: 405, body: { message: 'Pull Request is not mergeable', status: '405' } }
        return { status: 200, body: { sha: pull.mergeSha, merged: true, message: 'Pull Request successfully merged' } }
      }),
    ],
    [
      'GET',
      /^\/orgs\/([^/]+)\/teams$/,
      (request) => {
        const people = organisations.get(request.params[0] ?? '')
        if (!people) return NOT_FOUND
        const { items, headers } = pageOf(people.teams, request, SIZE)
        return {
          status: 200,
          headers,
          body: items.map(({ members: _members, parent, ...team }) => ({ ...team, parent: parent === null ? null : { slug: parent, name: parent } })),
        }
      },
    ],
    [
      'GET',
      /^\/orgs\/([^/]+)\/teams\/([^/]+)\/members$/,
      (request) => {
        const team = organisations.get(request.params[0] ?? '')?.teams.find((each) => each.slug === request.params[1])
        if (!team) return NOT_FOUND
        const { items, headers } = pageOf(team.members, request, SIZE)
        return { status: 200, headers, body: items.map((login) => ({ login })) }
      },
    ],
    [
      'POST',
      /^\/graphql$/,
      ({ body }) => {
        const { org, after } = body['variables'] as { org: string; after: string | null }
        const people = organisations.get(org)
        if (!people)
          return {
            status: 200,
            body: {
              data: { organization: null },
              errors: [{ type: 'NOT_FOUND', message: `Could not resolve to an Organization with the login of '${org}'.` }],
            },
          }
        const start = after === null ? 0 : Number(after)
        const nodes = people.members.slice(start, start + 100)
        const pageInfo = { hasNextPage: people.members.length > start + 100, endCursor: String(start + nodes.length) }
        return { status: 200, body: { data: { organization: { membersWithRole: { pageInfo, nodes } } } } }
      },
    ],
    ...hookRoutes(repositoryPattern, ({ params: [owner = '', name = ''] }) => repositories.find(owner, name)?.hooks, 2),
    ...hookRoutes(
      '/orgs/([^/]+)',
      ({ params: [owner = ''] }) => {
        if (!organisations.has(owner)) return undefined
        organisationHooks.set(owner, organisationHooks.get(owner) ?? [])
        return organisationHooks.get(owner)
      },
      1,
    ),
  ]
  // A server of one's own has its API below /api/v3, and GraphQL at /api/graphql.
  const below = routes.map(([method, pattern, handle]): ForgeRoute => [method, new RegExp(pattern.source.replace('^', '^/api(?:/v3)?')), handle])
  const server = await startForgeServer({
    routes: below,
    token,
    hasEntityTags: true,
    refuse: ({ authorization }) =>
      authorization === `Bearer ${token}`
        ? undefined
        : { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest', status: '401' } },
    gitDirOf: (path) => {
      const [, owner = '', name = '', rest] = /^\/([^/]+)\/([^/]+)\.git(\/.*)$/.exec(path) ?? []
      return rest === undefined ? undefined : { gitDir: repositories.find(decodeURIComponent(owner), decodeURIComponent(name))?.gitDir, rest }
    },
  })
  origin = server.url
  return {
    ...server,
    repositories,
    organisations,
    token,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await repositories[Symbol.asyncDispose]()
    },
  }
}
