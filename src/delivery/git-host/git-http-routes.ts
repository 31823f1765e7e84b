import { httpFaults, rawRoute, type Caller, type RawInput, type ResourceRef, type Route } from '#kernel/node/http'
import type { Logger } from '#kernel/node/log'
import { decodedBody, serveByCgi } from './git-cgi.ts'
import { gitHostFaults } from './git-host-faults.ts'
import type { Repository } from './git-host.ts'
import type { LocalGitHost } from './local-git-host.ts'
import { splitPushCommands } from './push-commands.ts'

/** What the routes of the Git protocol work with. */
export interface GitHttpDeps {
  host: LocalGitHost
  log: Logger
  /** The router's own: a push begins with a GET, which must be asked for writing. */
  authorize: (caller: Caller, permission: 'repository:write', resource: ResourceRef) => Promise<{ isAllowed: boolean; reason: string }>
}

/** Git's smart HTTP protocol (gitprotocol-http(5)) at `/git/OWNER/NAME.git`; `.git` may be left out. */
export function gitHttpRoutes(deps: GitHttpDeps): Route[] {
  const common = {
    tag: 'git',
    challenge: 'Basic',
    resource: (input: RawInput) => resourceOf(input),
    renderFault: plainText,
    errors: [gitHostFaults.not_found],
  } as const
  return [
    rawRoute({
      ...common,
      method: 'GET',
      path: '/git/{owner}/{repository}/info/refs',
      operation: 'git.discover',
      summary: 'List the refs of a repository to a Git client',
      permission: 'repository:read',
      handle: async (input) => await discover(deps, input),
    }),
    rawRoute({
      ...common,
      method: 'POST',
      path: '/git/{owner}/{repository}/git-upload-pack',
      operation: 'git.fetch',
      summary: 'Send objects to a Git client',
      permission: 'repository:read',
      handle: async (input) => await serve(deps, input, 'git-upload-pack'),
    }),
    rawRoute({
      ...common,
      method: 'POST',
      path: '/git/{owner}/{repository}/git-receive-pack',
      operation: 'git.push',
      summary: 'Take objects and ref updates from a Git client',
      permission: 'repository:write',
      handle: async (input) => await push(deps, input),
    }),
  ]
}

async function discover(deps: GitHttpDeps, input: RawInput): Promise<Response> {
  const service = input.url.searchParams.get('service')
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
    throw gitHostFaults.bad_request({ what: 'use a Git client that speaks the smart HTTP protocol (Git 1.6.6 or newer)' })
  if (service === 'git-receive-pack' && input.caller) await assertMayWrite(deps, input.caller, resourceOf(input))
  return await serve(deps, input, service)
}

async function assertMayWrite(deps: GitHttpDeps, caller: Caller, resource: ResourceRef): Promise<void> {
  const verdict = await deps.authorize(caller, 'repository:write', resource)
  if (verdict.isAllowed) return
  throw httpFaults.forbidden({
    principal: caller.principal,
    permission: 'repository:write',
    resource: `${resource.type} "${resource.id}"`,
    reason: verdict.reason,
  })
}

async function push(deps: GitHttpDeps, input: RawInput): Promise<Response> {
  const repository = await repositoryOf(deps, input)
  const { updates, body } = await splitPushCommands(decodedBody(input.request))
  const recorder = deps.host.recorder
  const writeId = updates.length === 0 ? undefined : await recorder.begin(repository, input.caller?.principal ?? 'system:unknown', updates)
  return await runService(deps, input, repository, 'git-receive-pack', body, async () => {
    if (writeId === undefined) return
    // The refs have moved: a database that is away now must not fail the push. It is found again by the next look.
    await recorder.end(repository, writeId).catch((error: unknown) => deps.log.error('a push is not recorded yet', { repository: nameOf(repository), error }))
  })
}

async function serve(deps: GitHttpDeps, input: RawInput, service: string): Promise<Response> {
  const repository = await repositoryOf(deps, input)
  const body = input.request.method === 'POST' ? decodedBody(input.request) : undefined
  return await runService(deps, input, repository, service, body, async () => {})
}

async function runService(
  deps: GitHttpDeps,
  input: RawInput,
  repository: Repository,
  service: string,
  body: AsyncIterable<Uint8Array> | undefined,
  onEnded: () => Promise<void>,
): Promise<Response> {
  const isDiscovery = input.request.method !== 'POST'
  return await serveByCgi(deps.host.folders, {
    method: isDiscovery ? 'GET' : 'POST',
    pathInfo: `/${repository.owner}/${repository.name}.git/${isDiscovery ? 'info/refs' : service}`,
    query: isDiscovery ? `service=${service}` : '',
    contentType: isDiscovery ? '' : `application/x-${service}-request`,
    protocol: input.request.headers.get('git-protocol') ?? '',
    user: input.caller?.principal ?? '',
    body,
    env: { FAIRWAY_DEFAULT_REF: `refs/heads/${repository.defaultBranch}` },
    isWrite: service === 'git-receive-pack',
    signal: input.signal,
    onEnded,
  })
}

async function repositoryOf(deps: GitHttpDeps, input: RawInput): Promise<Repository> {
  const { owner, name } = namesOf(input)
  return await deps.host.getRepository(owner, name)
}

function resourceOf(input: RawInput): ResourceRef {
  const { owner, name } = namesOf(input)
  return { type: 'Repository', id: `${owner}/${name}` }
}

function namesOf(input: RawInput): { owner: string; name: string } {
  return { owner: input.params['owner'] ?? '', name: (input.params['repository'] ?? '').replace(/\.git$/, '') }
}

function nameOf(repository: Repository): string {
  return `${repository.owner}/${repository.name}`
}

/** Git clients show plain text to people, and nothing else. */
function plainText(problem: { status: number; detail: string }): Response {
  return new Response(`fairway: ${problem.detail}\n`, { status: problem.status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
