/**
 * Speaks the part of Azure DevOps Services REST API 7.1 that the adapter uses. Follows: https://learn.microsoft.com/en-us/rest/api/azure/devops/git/
 * (repositories, pull requests, pull request labels; completing goes on behind the answer), /core/projects, /core/teams, /hooks/subscriptions, and
 * "Use personal access tokens" (a bad token is shown the sign-in page, as 203). It is no Azure DevOps: policies and permissions are not there.
 */
import { ForgeRepositories, type StoredPull, type StoredRepository } from './forge-repositories.ts'
import { startForgeServer, textOf, type ForgeRequest, type ForgeResponse, type ForgeRoute, type ForgeServer } from './forge-server.ts'

export interface AzureProject {
  id: string
  teams: { id: string; name: string; description: string; members: { displayName: string; uniqueName: string; isContainer?: boolean }[] }[]
}

export interface AzureServer extends ForgeServer {
  repositories: ForgeRepositories
  /** By `organisation/project`. */
  projects: Map<string, AzureProject>
  token: string
}

const problem = (status: number, typeKey: string, message: string): ForgeResponse => ({
  status,
  body: {
    $id: '1',
    message,
    typeName: `Microsoft.TeamFoundation.Git.Server.${typeKey}, Microsoft.TeamFoundation.Git.Server`,
    typeKey,
    errorCode: 0,
    eventId: 3000,
  },
})
const gone = (name: string): ForgeResponse =>
  problem(
    404,
    'GitRepositoryNotFoundException',
    `TF401019: The Git repository with name or identifier ${name} does not exist or you do not have permissions for the operation you are attempting.`,
  )

export async function startAzureServer(): Promise<AzureServer> {
  const token = 'azuretesttoken0123456789'
  const repositories = await ForgeRepositories.open('server')
  const projects = new Map<string, AzureProject>()
  const subscriptions: { id: string; body: Record<string, unknown> }[] = []
  let origin = ''

  const webUrl = (found: StoredRepository): string => `${origin}/${[...found.owner.split('/'), '_git', found.name].map(encodeURIComponent).join('/')}`
  const shownRepository = async (found: StoredRepository): Promise<object> => ({
    id: `00000000-0000-0000-0000-${String(found.id).padStart(12, '0')}`,
    name: found.name,
    project: { id: projects.get(found.owner)?.id, name: found.owner.split('/')[1] },
    webUrl: webUrl(found),
    remoteUrl: webUrl(found),
    isDisabled: false,
    ...((await repositories.head(found, 'main')) === undefined ? {} : { defaultBranch: 'refs/heads/main' }),
  })
  const labelsOf = (pull: StoredPull): object[] => pull.labels.map((name, index) => ({ id: `l${index}`, name, active: true }))
  const shownPull = async (repository: StoredRepository, pull: StoredPull, isWhole: boolean): Promise<Record<string, unknown>> => {
    // Azure DevOps does not take a push to the target for a merge.
    await repositories.look(repository, pull, false)
    const isOpen = pull.state === 'open'
    const hasConflicts = isOpen && pull.isLookedAt && (await repositories.conflicts(repository, pull))
    const target = isOpen ? await repositories.head(repository, pull.target) : pull.baseSha
    return {
      pullRequestId: pull.number,
      title: pull.title,
      description: isWhole ? pull.body : pull.body.slice(0, 400),
      status: { open: 'active', closed: 'abandoned', merged: 'completed' }[pull.state],
      mergeStatus: isOpen && !pull.isLookedAt ? 'queued' : hasConflicts ? 'conflicts' : 'succeeded',
      sourceRefName: `refs/heads/${pull.source}`,
      targetRefName: `refs/heads/${pull.target}`,
      lastMergeSourceCommit: { commitId: pull.headSha },
      lastMergeTargetCommit: { commitId: target },
      ...(pull.mergeSha === null ? {} : { lastMergeCommit: { commitId: pull.mergeSha } }),
      createdBy: { displayName: 'Fairway', uniqueName: 'fairway@example.com' },
      creationDate: pull.createdAt.toISOString(),
      ...(isOpen ? {} : { closedDate: pull.updatedAt.toISOString() }),
      ...(pull.labels.length === 0 ? {} : { labels: labelsOf(pull) }),
      repository: { id: String(repository.id), name: repository.name, project: { name: repository.owner.split('/')[1] } },
    }
  }
  const within = (handle: (repository: StoredRepository, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) => async (request: ForgeRequest) => {
    const [organisation = '', project = '', name = ''] = request.params
    const owner = `${organisation}/${project}`
    const byId = [...repositories.all.values()].find((each) => each.owner === owner && name === `00000000-0000-0000-0000-${String(each.id).padStart(12, '0')}`)
    const repository = repositories.find(owner, name) ?? byId
    return repository ? await handle(repository, request) : gone(name)
  }
  const withPull = (handle: (repository: StoredRepository, pull: StoredPull, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) =>
    within(async (repository, request) => {
      const pull = repository.pulls.find((each) => each.number === Number(request.params[3]))
      return pull
        ? await handle(repository, pull, request)
        : problem(404, 'GitPullRequestNotFoundException', 'TF401180: The requested pull request was not found.')
    })
  const slice = <T>(items: readonly T[], { query }: ForgeRequest): T[] => {
    const skip = Number(query.get('$skip') ?? '0')
    return items.slice(skip, skip + Number(query.get('$top') ?? '100'))
  }
  const value = (items: readonly unknown[]): ForgeResponse => ({ status: 200, body: { value: items, count: items.length } })
  const base = '^/([^/]+)/([^/]+)/_apis/git/repositories'
  const projectOf = ([organisation = '', project = '']: readonly string[]): AzureProject | undefined => projects.get(`${organisation}/${project}`)

  const routes: ForgeRoute[] = [
    ['GET', /^\/([^/]+)\/_apis\/connectionData$/, () => ({ status: 200, body: { authenticatedUser: { id: 'u', providerDisplayName: 'Fairway' } } })],
    [
      'POST',
      new RegExp(`${base}$`),
      async ({ params, body }) => {
        if (!projectOf(params))
          return problem(404, 'ProjectDoesNotExistWithNameException', `TF200016: The following project does not exist: ${params[1] ?? ''}.`)
        const made = await repositories.create(`${params[0] ?? ''}/${params[1] ?? ''}`, textOf(body, 'name'), '')
        return made
          ? { status: 201, body: await shownRepository(made) }
          : problem(409, 'GitRepositoryNameAlreadyExistsException', `TF400948: A Git repository with the name ${textOf(body, 'name')} already exists.`)
      },
    ],
    [
      'GET',
      new RegExp(`${base}$`),
      async ({ params }) =>
        value(await Promise.all([...repositories.all.values()].filter((each) => each.owner === `${params[0] ?? ''}/${params[1] ?? ''}`).map(shownRepository))),
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/git\/repositories$/,
      async ({ params: [organisation = ''] }) =>
        value(await Promise.all([...repositories.all.values()].filter((each) => each.owner.startsWith(`${organisation}/`)).map(shownRepository))),
    ],
    ['GET', new RegExp(`${base}/([^/]+)$`), within(async (repository) => ({ status: 200, body: await shownRepository(repository) }))],
    [
      'DELETE',
      new RegExp(`${base}/([^/]+)$`),
      within(async (repository, { params }) => {
        // By its id only.
        if (!/^[0-9a-f-]{36}$/.test(params[2] ?? '')) return problem(400, 'InvalidArgumentValueException', 'A repository ID is required.')
        await repositories.remove(repository)
        return { status: 204 }
      }),
    ],
    [
      'POST',
      new RegExp(`${base}/([^/]+)/pullrequests$`),
      within(async (repository, { body }) => {
        const [source, target] = [textOf(body, 'sourceRefName').replace('refs/heads/', ''), textOf(body, 'targetRefName').replace('refs/heads/', '')]
        if (repository.pulls.some((each) => each.state === 'open' && each.source === source && each.target === target))
          return problem(409, 'GitPullRequestExistsException', 'TF401179: An active pull request for the source and target branch already exists.')
        const description = textOf(body, 'description')
        if (description.length > 4_000) return problem(400, 'InvalidArgumentValueException', 'A maximum of 4000 characters is allowed for the description.')
        const labels = ((body['labels'] ?? []) as { name: string }[]).map((label) => label.name)
        const pull = await repositories.open(repository, { title: textOf(body, 'title'), body: description, source, target, labels })
        return { status: 201, body: await shownPull(repository, pull, true) }
      }),
    ],
    [
      'GET',
      new RegExp(`${base}/([^/]+)/pullrequests$`),
      within(async (repository, request) => {
        const { query } = request
        const status = query.get('searchCriteria.status') ?? 'active'
        const state = { active: 'open', abandoned: 'closed', completed: 'merged' }[status]
        const [source, target] = [query.get('searchCriteria.sourceRefName'), query.get('searchCriteria.targetRefName')]
        const wanted = repository.pulls
          .filter((each) => status === 'all' || each.state === state)
          .filter((each) => (source === null || source === `refs/heads/${each.source}`) && (target === null || target === `refs/heads/${each.target}`))
          .toReversed()
        return value(await Promise.all(slice(wanted, request).map(async (each) => await shownPull(repository, each, false))))
      }),
    ],
    [
      'GET',
      new RegExp(`${base}/([^/]+)/pullrequests/(\\d+)$`),
      withPull(async (repository, pull) => {
        const { pending } = pull
        if (pending && pull.state === 'open') {
          delete pull.pending
          if (!(await repositories.merge(repository, pull, pending))) pull.isLookedAt = true
        }
        const body = await shownPull(repository, pull, true)
        pull.isLookedAt = true
        return { status: 200, body }
      }),
    ],
    [
      'PATCH',
      new RegExp(`${base}/([^/]+)/pullrequests/(\\d+)$`),
      withPull(async (repository, pull, { body }) => {
        await repositories.look(repository, pull, false)
        const status = body['status']
        if (status !== undefined && pull.state !== 'open')
          return problem(409, 'GitPullRequestNotEditableException', 'TF401181: The pull request cannot be edited due to its state.')
        if (status === 'completed') {
          if ((body['lastMergeSourceCommit'] as { commitId?: string } | undefined)?.commitId !== pull.headSha)
            return problem(409, 'GitPullRequestStaleException', 'TF401192: The source branch has been modified since the last merge attempt.')
          const options = body['completionOptions'] as { mergeStrategy?: string; mergeCommitMessage?: string } | undefined
          pull.pending = {
            method: options?.mergeStrategy === 'squash' ? 'squash' : 'merge',
            message: options?.mergeCommitMessage ?? `Merged PR ${pull.number}: ${pull.title}`,
          }
        }
        if (status === 'abandoned') Object.assign(pull, { state: 'closed', updatedAt: new Date() })
        if (typeof body['title'] === 'string') pull.title = body['title']
        if (typeof body['description'] === 'string') pull.body = body['description']
        return { status: 200, body: await shownPull(repository, pull, true) }
      }),
    ],
    ['GET', new RegExp(`${base}/([^/]+)/pullrequests/(\\d+)/labels$`), withPull((_repository, pull) => value(labelsOf(pull)))],
    [
      'POST',
      new RegExp(`${base}/([^/]+)/pullrequests/(\\d+)/labels$`),
      withPull((_repository, pull, { body }) => {
        const name = textOf(body, 'name')
        if (!pull.labels.includes(name)) pull.labels.push(name)
        return { status: 200, body: { id: name, name, active: true } }
      }),
    ],
    [
      'DELETE',
      new RegExp(`${base}/([^/]+)/pullrequests/(\\d+)/labels/([^/]+)$`),
      withPull((_repository, pull, { params }) => {
        pull.labels = pull.labels.filter((each) => each !== params[4])
        return { status: 200 }
      }),
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/projects$/,
      (request) =>
        value(
          slice(
            [...projects].filter(([owner]) => owner.startsWith(`${request.params[0] ?? ''}/`)).map(([owner, { id }]) => ({ id, name: owner.split('/')[1] })),
            request,
          ),
        ),
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/projects\/([^/]+)$/,
      ({ params }) => {
        const project = projectOf(params)
        return project
          ? { status: 200, body: { id: project.id, name: params[1] } }
          : problem(404, 'ProjectDoesNotExistWithNameException', 'TF200016: The project does not exist.')
      },
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/projects\/([^/]+)\/teams$/,
      (request) => {
        const project = projectOf(request.params)
        return project
          ? value(slice(project.teams, request).map(({ id, name, description }) => ({ id, name, description })))
          : problem(404, 'ProjectDoesNotExistWithNameException', 'TF200016: The project does not exist.')
      },
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/projects\/([^/]+)\/teams\/([^/]+)\/members$/,
      (request) => {
        const team = projectOf(request.params)?.teams.find((each) => each.id === request.params[2])
        return team ? value(slice(team.members, request).map((identity) => ({ identity }))) : problem(404, 'TeamNotFoundException', 'The team does not exist.')
      },
    ],
    [
      'GET',
      /^\/([^/]+)\/_apis\/hooks\/subscriptions$/,
      () =>
        value(subscriptions.map(({ id, body }) => ({ id, ...body, consumerInputs: { ...(body['consumerInputs'] as object), basicAuthPassword: '********' } }))),
    ],
    [
      'POST',
      /^\/([^/]+)\/_apis\/hooks\/subscriptions$/,
      ({ body }) => {
        const made = { id: `sub-${repositories.nextId()}`, body }
        subscriptions.push(made)
        return { status: 200, body: { id: made.id, ...body } }
      },
    ],
    [
      'PUT',
      /^\/([^/]+)\/_apis\/hooks\/subscriptions\/([^/]+)$/,
      ({ params, body }) => {
        const held = subscriptions.find((each) => each.id === params[1])
        if (!held) return problem(404, 'SubscriptionNotFoundException', 'The subscription does not exist.')
        held.body = body
        return { status: 200, body: { id: held.id, ...body } }
      },
    ],
  ]
  const expected = `Basic ${Buffer.from(`:${token}`).toString('base64')}`
  const server = await startForgeServer({
    routes,
    token,
    refuse: (headers) => {
      if (headers['authorization'] !== expected)
        return { status: 203, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Azure DevOps Services | Sign In</html>' }
      if (!/api-version=7\.1/.test(headers['accept'] ?? ''))
        return problem(400, 'VssVersionNotSpecifiedException', 'No api-version was supplied for the request.')
      return undefined
    },
    gitDirOf: (path) => {
      const [, organisation = '', project = '', name = '', rest] = /^\/([^/]+)\/([^/]+)\/_git\/([^/]+)(\/.*)$/.exec(path) ?? []
      const owner = `${decodeURIComponent(organisation)}/${decodeURIComponent(project)}`
      return rest === undefined ? undefined : { gitDir: repositories.find(owner, decodeURIComponent(name))?.gitDir, rest }
    },
  })
  origin = server.url
  return {
    ...server,
    repositories,
    projects,
    token,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await repositories[Symbol.asyncDispose]()
    },
  }
}
