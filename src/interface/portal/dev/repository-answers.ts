import type { PullRequestDetail } from '../api/repository-queries.ts'
import { readme } from './fixtures/catalog.ts'
import { descriptor } from './fixtures/apis.ts'
import { branches, comments, commits, diff, entriesOf, pullRequests, repositories, server } from './fixtures/repositories.ts'
import { hex } from './fixtures/moments.ts'
import type { Answer, Asked } from './answers.ts'
import type { World } from './world.ts'

interface Kept {
  pulls: PullRequestDetail[]
  comments: ReturnType<typeof comments>
}

const kept = new WeakMap<World, Kept>()
const ok = (body: unknown, status = 200): Answer => ({ status, body })
const none = (code: string, detail: string): Answer => ({
  status: 404,
  body: { type: `https://fairway.dev/errors#${code}`, title: 'Not there', status: 404, detail, code, requestId: `req_${hex(404, 12)}` },
})

function of(world: World): Kept {
  const known = kept.get(world) ?? { pulls: pullRequests(), comments: comments() }
  kept.set(world, known)
  return known
}

function pullOf(world: World, number: string | undefined, answer: (pull: PullRequestDetail) => Answer): Answer {
  const pull = of(world).pulls.find((each) => each.number === Number(number))
  return pull === undefined ? none('delivery.pull_request.not_found', `"acme/orders" has no pull request ${number ?? ''}`) : answer(pull)
}

function end(pull: PullRequestDetail, world: World, over: Partial<PullRequestDetail>): Answer {
  Object.assign(pull, { endedBy: world.me.principal, endedAt: new Date().toISOString(), isMergeable: null, ...over })
  return ok(pull)
}

/** What the invented platform answers about repositories and pull requests. */
export const repositoryHandlers: readonly [string, (asked: Asked, world: World, parts: string[]) => Answer][] = [
  ['GET /repositories', (_, world) => ok({ items: world.entities.length === 0 ? [] : repositories, nextCursor: null })],
  [
    'GET /repositories/*/*',
    (_, __, [owner, name]) => {
      const found = repositories.find((each) => each.owner === owner && each.name === name)
      return found === undefined ? none('delivery.git_host.not_found', `there is no repository "${owner}/${name}"`) : ok(found)
    },
  ],
  ['GET /repositories/*/*/branches', () => ok({ items: branches, nextCursor: null })],
  ['GET /repositories/*/*/commits', () => ok({ items: commits, nextCursor: null })],
  [
    'GET /repositories/*/*/tree',
    ({ query }) => {
      const items = entriesOf(query.get('path') ?? '')
      return items === undefined ? none('delivery.git_host.path_not_found', 'there is no such folder') : ok({ items, nextCursor: null })
    },
  ],
  [
    'GET /repositories/*/*/file',
    ({ query }) => {
      const path = query.get('path') ?? ''
      const content = /readme/i.test(path) ? readme : path === 'catalog-info.yaml' ? descriptor : server
      return ok({ path, sha: hex(1, 40), sizeBytes: content.length, encoding: 'utf-8', content })
    },
  ],
  [
    'GET /repositories/*/*/pull-requests',
    ({ query }, world) => {
      const { pulls } = of(world)
      const count = (state: string): number => pulls.filter((pull) => pull.state === state).length
      const items = pulls.filter((pull) => (query.get('state') ?? pull.state) === pull.state)
      return ok({ items, nextCursor: null, counts: { open: count('open'), merged: count('merged'), closed: count('closed') } })
    },
  ],
  ['GET /repositories/*/*/pull-requests/*', (_, world, [, , number]) => pullOf(world, number, (pull) => ok(pull))],
  ['GET /repositories/*/*/pull-requests/*/diff', (_, world, [, , number]) => pullOf(world, number, () => ok(diff))],
  ['GET /repositories/*/*/pull-requests/*/comments', (_, world) => ok({ items: of(world).comments, nextCursor: null })],
  [
    'POST /repositories/*/*/pull-requests/*/comments',
    ({ body }, world, [, , number]) =>
      pullOf(world, number, (pull) => {
        const { comments: said } = of(world)
        const verdict = (body['verdict'] ?? null) as 'approved' | 'changes_requested' | null
        const comment = {
          id: `comment_${said.length + 1}`,
          author: world.me.principal,
          body: typeof body['body'] === 'string' ? body['body'] : '',
          verdict,
          headSha: pull.headSha,
          createdAt: new Date().toISOString(),
        }
        said.push(comment)
        return ok(comment, 201)
      }),
  ],
  [
    'POST /repositories/*/*/pull-requests/*/merge',
    ({ body }, world, [, , number]) =>
      pullOf(world, number, (pull) =>
        body['expectedHead'] === pull.headSha
          ? end(pull, world, { state: 'merged', mergeSha: hex(99, 40) })
          : { ...none('delivery.pull_request.stale_head', 'it has moved'), status: 409 },
      ),
  ],
  ['POST /repositories/*/*/pull-requests/*/close', (_, world, [, , number]) => pullOf(world, number, (pull) => end(pull, world, { state: 'closed' }))],
  [
    'POST /repositories/*/*/pull-requests/*/reopen',
    (_, world, [, , number]) =>
      pullOf(world, number, (pull) => (end(pull, world, { state: 'open', isMergeable: true }), ok(Object.assign(pull, { endedBy: null, endedAt: null })))),
  ],
]
