/**
 * Speaks the part of GitLab's REST API v4 that the adapter uses. Follows: https://docs.gitlab.com/api/rest/ (pagination, namespaced paths, status codes),
 * /api/projects/, /api/namespaces/, /api/groups/, /api/group_members/, /api/merge_requests/ (detailed_merge_status, merge method "merge"), /api/project_webhooks/,
 * /api/personal_access_tokens/. It is no GitLab: approvals, pipelines and permissions are not there.
 */
import { ForgeRepositories, type StoredPull, type StoredRepository } from './forge-repositories.ts'
import { pageOf, startForgeServer, textOf, type ForgeRequest, type ForgeResponse, type ForgeRoute, type ForgeServer } from './forge-server.ts'

export interface GitlabGroupPeople {
  name: string
  description: string
  members: { username: string; name: string; state: string }[]
}

export interface GitlabServer extends ForgeServer {
  repositories: ForgeRepositories
  /** By full path, e.g. `acme/shop`. */
  groups: Map<string, GitlabGroupPeople>
  token: string
}

const SIZE = { key: 'per_page', standard: 20, most: 100 }
const missing = (what: string): ForgeResponse => ({ status: 404, body: { message: `404 ${what} Not Found` } })

export async function startGitlabServer(): Promise<GitlabServer> {
  const token = 'glpat-test0123456789'
  const repositories = await ForgeRepositories.open()
  const groups = new Map<string, GitlabGroupPeople>()
  let origin = ''

  const listed = <T>(items: readonly T[], request: ForgeRequest, show: (item: T) => unknown): ForgeResponse => {
    const { items: shown, headers, page, pages } = pageOf(items, request, SIZE)
    return {
      status: 200,
      headers: { ...headers, 'x-page': String(page), 'x-total-pages': String(pages), 'x-next-page': page < pages ? String(page + 1) : '' },
      body: shown.map(show),
    }
  }
  const shownProject = async (found: StoredRepository): Promise<object> => ({
    id: found.id,
    path: found.name,
    name: found.name,
    path_with_namespace: `${found.owner}/${found.name}`,
    description: found.description === '' ? null : found.description,
    // An empty project has none.
    default_branch: (await repositories.head(found, 'main')) === undefined ? null : 'main',
    created_at: found.createdAt.toISOString(),
    web_url: `${origin}/${found.owner}/${found.name}`,
    archived: false,
  })
  const shownMergeRequest = async (repository: StoredRepository, pull: StoredPull): Promise<Record<string, unknown>> => {
    await repositories.look(repository, pull)
    const isChecked = pull.state !== 'open' || pull.isLookedAt
    const hasConflicts = pull.state === 'open' && isChecked && (await repositories.conflicts(repository, pull))
    const status = pull.state !== 'open' ? 'not_open' : !isChecked ? 'checking' : hasConflicts ? 'conflict' : 'mergeable'
    const isSquash = pull.pending?.method === 'squash'
    return {
      id: pull.number + 1_000,
      iid: pull.number,
      title: pull.title,
      description: pull.body,
      state: pull.state === 'open' ? 'opened' : pull.state,
      sha: pull.headSha,
      merge_commit_sha: pull.mergeSha,
      squash_commit_sha:
        isSquash && pull.mergeSha !== null ? await repositories.git(repository.gitDir, 'rev-parse', `${pull.mergeSha}^2`).catch(() => null) : null,
      source_branch: pull.source,
      target_branch: pull.target,
      author: { username: 'fairway-bot' },
      labels: pull.labels,
      created_at: pull.createdAt.toISOString(),
      updated_at: pull.updatedAt.toISOString(),
      web_url: `${origin}/${repository.owner}/${repository.name}/-/merge_requests/${pull.number}`,
      detailed_merge_status: status,
      has_conflicts: hasConflicts,
      diff_refs: { base_sha: pull.baseSha, head_sha: pull.headSha, start_sha: pull.baseSha },
    }
  }
  const within = (handle: (repository: StoredRepository, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) => async (request: ForgeRequest) => {
    const full = request.params[0] ?? ''
    const at = full.lastIndexOf('/')
    const repository =
      repositories.find(full.slice(0, Math.max(at, 0)), full.slice(at + 1)) ?? [...repositories.all.values()].find((each) => String(each.id) === full)
    return repository ? await handle(repository, request) : missing('Project')
  }
  const withPull = (handle: (repository: StoredRepository, pull: StoredPull, request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse) =>
    within(async (repository, request) => {
      const pull = repository.pulls.find((each) => each.number === Number(request.params[1]))
      return pull ? await handle(repository, pull, request) : missing('Not found')
    })
  const labelsOf = (body: Record<string, unknown>): string[] =>
    textOf(body, 'labels')
      .split(',')
      .filter((label) => label !== '')
  const project = '/projects/([^/]+)'
  const group = '/groups/([^/]+)'

  const routes: ForgeRoute[] = [
    ['GET', /^\/user$/, () => ({ status: 200, body: { id: 1, username: 'fairway-bot' } })],
    ['GET', /^\/personal_access_tokens\/self$/, () => ({ status: 200, body: { id: 1, scopes: ['api'], active: true } })],
    [
      'GET',
      /^\/namespaces\/([^/]+)$/,
      ({ params: [full = ''] }) =>
        groups.has(full) ? { status: 200, body: { id: [...groups.keys()].indexOf(full) + 1, full_path: full, kind: 'group' } } : missing('Namespace'),
    ],
    [
      'POST',
      /^\/projects$/,
      async ({ body }) => {
        const owner = [...groups.keys()][Number(body['namespace_id']) - 1] ?? ''
        const made = await repositories.create(owner, textOf(body, 'path'), textOf(body, 'description'))
        const taken = ['has already been taken']
        return made
          ? { status: 201, body: await shownProject(made) }
          : { status: 400, body: { message: { project_namespace: taken, name: taken, path: taken } } }
      },
    ],
    ['GET', new RegExp(`^${project}$`), within(async (repository) => ({ status: 200, body: await shownProject(repository) }))],
    [
      'DELETE',
      new RegExp(`^${project}$`),
      within(async (repository) => {
        await repositories.remove(repository)
        return { status: 202, body: { message: '202 Accepted' } }
      }),
    ],
    [
      'GET',
      new RegExp(`^${group}/projects$`),
      async (request) => {
        const full = request.params[0] ?? ''
        if (!groups.has(full)) return missing('Group')
        const deep = request.query.get('include_subgroups') === 'true'
        const own = [...repositories.all.values()].filter((each) => each.owner === full || (deep && each.owner.startsWith(`${full}/`)))
        const shown = new Map(await Promise.all(own.map(async (each) => [each, await shownProject(each)] as const)))
        return listed(own, request, (each) => shown.get(each))
      },
    ],
    [
      'GET',
      new RegExp(`^${group}/descendant_groups$`),
      (request) => {
        const full = request.params[0] ?? ''
        if (!groups.has(full)) return missing('Group')
        const below = [...groups].filter(([each]) => each.startsWith(`${full}/`))
        return listed(below, request, ([full_path, { name, description }]) => ({
          id: [...groups.keys()].indexOf(full_path) + 1,
          full_path,
          path: full_path.split('/').at(-1),
          name,
          description,
        }))
      },
    ],
    [
      'GET',
      new RegExp(`^${group}/members(/all)?$`),
      (request) => {
        const people = groups.get(request.params[0] ?? '')
        return people ? listed(people.members, request, (each) => ({ ...each, access_level: 30 })) : missing('Group')
      },
    ],
    [
      'POST',
      new RegExp(`^${project}/merge_requests$`),
      within(async (repository, { body }) => {
        const [source, target] = [textOf(body, 'source_branch'), textOf(body, 'target_branch')]
        const held = repository.pulls.find((each) => each.state === 'open' && each.source === source && each.target === target)
        if (held) return { status: 409, body: { message: [`Another open merge request already exists for this source branch: !${held.number}`] } }
        const pull = await repositories.open(repository, {
          title: textOf(body, 'title'),
          body: textOf(body, 'description'),
          source,
          target,
          labels: labelsOf(body),
        })
        return { status: 201, body: await shownMergeRequest(repository, pull) }
      }),
    ],
    [
      'GET',
      new RegExp(`^${project}/merge_requests$`),
      within(async (repository, request) => {
        for (const pull of repository.pulls) await repositories.look(repository, pull)
        const { query } = request
        const state = query.get('state') ?? 'all'
        const wanted = repository.pulls
          .filter((each) => state === 'all' || (each.state === 'open' ? 'opened' : each.state) === state)
          .filter((each) => (query.get('source_branch') ?? each.source) === each.source && (query.get('target_branch') ?? each.target) === each.target)
          .toReversed()
        const shown = new Map(await Promise.all(wanted.map(async (each) => [each, await shownMergeRequest(repository, each)] as const)))
        return listed(wanted, request, (each) => shown.get(each))
      }),
    ],
    [
      'GET',
      new RegExp(`^${project}/merge_requests/(\\d+)$`),
      withPull(async (repository, pull) => {
        const body = await shownMergeRequest(repository, pull)
        pull.isLookedAt = true
        return { status: 200, body }
      }),
    ],
    [
      'PUT',
      new RegExp(`^${project}/merge_requests/(\\d+)$`),
      withPull(async (repository, pull, { body }) => {
        if (typeof body['title'] === 'string') pull.title = body['title']
        if (typeof body['description'] === 'string') pull.body = body['description']
        if ('labels' in body) pull.labels = labelsOf(body)
        if (body['state_event'] === 'close' && pull.state === 'open') pull.state = 'closed'
        pull.updatedAt = new Date()
        return { status: 200, body: await shownMergeRequest(repository, pull) }
      }),
    ],
    [
      'PUT',
      new RegExp(`^${project}/merge_requests/(\\d+)/merge$`),
      withPull(async (repository, pull, { body }) => {
        await repositories.look(repository, pull)
        if (pull.state !== 'open') return { status: 405, body: { message: '405 Method Not Allowed' } }
        // While it is looked at, it is not merged.
        if (!pull.isLookedAt) return { status: 405, body: { message: '405 Method Not Allowed' } }
        if (typeof body['sha'] === 'string' && body['sha'] !== pull.headSha)
          return { status: 409, body: { message: `SHA does not match HEAD of source branch: ${pull.headSha}` } }
        const method = body['squash'] === true ? 'squash' : 'merge'
        const message = textOf(
          body,
          method === 'squash' ? 'squash_commit_message' : 'merge_commit_message',
          `Merge branch '${pull.source}' into '${pull.target}'`,
        )
        pull.pending = { method, message }
        const isMerged = await repositories.merge(repository, pull, { method, message, shape: 'semi' })
        return isMerged ? { status: 200, body: await shownMergeRequest(repository, pull) } : { status: 422, body: { message: 'Branch cannot be merged' } }
      }),
    ],
    [
      'GET',
      new RegExp(`^${project}/hooks$`),
      within((repository, request) => listed(repository.hooks, request, ({ id, config }) => ({ id, url: config['url'], push_events: true }))),
    ],
    [
      'POST',
      new RegExp(`^${project}/hooks$`),
      within((repository, { body }) => {
        repository.hooks.push({ id: repositories.nextId(), config: body })
        return { status: 201, body: { id: repository.hooks.at(-1)?.id, url: body['url'] } }
      }),
    ],
    [
      'PUT',
      new RegExp(`^${project}/hooks/(\\d+)$`),
      within((repository, { params, body }) => {
        const hook = repository.hooks.find((each) => each.id === Number(params[1]))
        if (!hook) return missing('Hook')
        hook.config = body
        return { status: 200, body: { id: hook.id, url: body['url'] } }
      }),
    ],
  ]
  const server = await startForgeServer({
    routes: routes.map(([method, pattern, handle]): ForgeRoute => [method, new RegExp(pattern.source.replace('^', '^/api/v4')), handle]),
    token,
    hasEntityTags: true,
    refuse: (headers) => (headers['private-token'] === token ? undefined : { status: 401, body: { message: '401 Unauthorized' } }),
    gitDirOf: (path) => {
      const [, full = '', rest] = /^\/(.+)\.git(\/.*)$/.exec(path) ?? []
      if (rest === undefined) return undefined
      const parts = full.split('/').map(decodeURIComponent)
      return { gitDir: repositories.find(parts.slice(0, -1).join('/'), parts.at(-1) ?? '')?.gitDir, rest }
    },
  })
  origin = server.url
  return {
    ...server,
    repositories,
    groups,
    token,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await repositories[Symbol.asyncDispose]()
    },
  }
}
