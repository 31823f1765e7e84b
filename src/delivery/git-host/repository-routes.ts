import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import { gitHostFaults } from './git-host-faults.ts'
import type { Repository } from './git-host.ts'
import type { LocalGitHost } from './local-git-host.ts'

const repositorySchema = z.object({
  id: z.string(),
  owner: z.string(),
  name: z.string(),
  description: z.string(),
  defaultBranch: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  /** For `git clone`. */
  cloneUrl: z.string(),
})
const names = z.object({ owner: z.string(), name: z.string() })
const commitSchema = z.object({ sha: z.string(), message: z.string(), author: z.object({ name: z.string(), email: z.string() }), at: z.iso.datetime() })
const entrySchema = z.object({
  path: z.string(),
  type: z.enum(['file', 'folder', 'link', 'submodule']),
  mode: z.string(),
  sha: z.string(),
  sizeBytes: z.number().nullable(),
})
const fileSchema = z.object({ path: z.string(), sha: z.string(), sizeBytes: z.number(), encoding: z.enum(['utf-8', 'base64']), content: z.string() })

/** What a page shows of a file; larger ones are for a clone. */
const MAX_SHOWN_BYTES = 1024 * 1024
const path = '/api/v1/repositories/{owner}/{name}'
const resource = (input: { params: { owner: string; name: string } }): ResourceRef => ({ type: 'Repository', id: `${input.params.owner}/${input.params.name}` })

/** `/api/v1/repositories…` */
export function repositoryRoutes(host: LocalGitHost): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/repositories',
      operation: 'repositories.list',
      summary: 'List repositories by owner and name',
      tag: 'repositories',
      permission: 'repository:read',
      query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().optional() }),
      response: z.object({ items: z.array(repositorySchema), nextCursor: z.string().nullable() }),
      handle: async ({ query, request }) => {
        const page = await host.listRepositories({ limit: query.limit, cursor: query.cursor })
        return { items: page.items.map((repository) => shown(repository, request)), nextCursor: page.nextCursor }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/repositories',
      operation: 'repositories.create',
      summary: 'Create an empty repository',
      tag: 'repositories',
      permission: 'repository:write',
      status: 201,
      body: z.strictObject({ owner: z.string(), name: z.string(), description: z.string().max(500).default(''), defaultBranch: z.string().default('main') }),
      response: repositorySchema,
      errors: [gitHostFaults.bad_name, gitHostFaults.exists],
      resource: ({ body }) => ({ type: 'Repository', id: `${body.owner}/${body.name}` }),
      handle: async ({ body, caller, request }) => shown(await host.createRepository({ ...body, createdBy: caller.principal }), request),
    }),
    jsonRoute({
      method: 'GET',
      path,
      operation: 'repositories.get',
      summary: 'Read a repository',
      tag: 'repositories',
      permission: 'repository:read',
      params: names,
      response: repositorySchema,
      errors: [gitHostFaults.not_found],
      resource,
      handle: async ({ params, request }) => shown(await host.getRepository(params.owner, params.name), request),
    }),
    jsonRoute({
      method: 'GET',
      path: `${path}/branches`,
      operation: 'repositories.branches',
      summary: 'List branches by name',
      tag: 'repositories',
      permission: 'repository:read',
      params: names,
      query: z.object({ prefix: z.string().max(200).optional(), limit: z.coerce.number().int().min(1).max(200).default(100), cursor: z.string().optional() }),
      response: z.object({ items: z.array(z.object({ name: z.string(), sha: z.string() })), nextCursor: z.string().nullable() }),
      errors: [gitHostFaults.not_found],
      resource,
      handle: async ({ params, query }) => {
        const { prefix, limit, cursor } = query
        return await host.listBranches({ ...params, limit, cursor, ...(prefix === undefined ? {} : { prefix }) })
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${path}/commits`,
      operation: 'repositories.commits',
      summary: 'List the newest commits of a branch, tag or commit',
      tag: 'repositories',
      permission: 'repository:read',
      params: names,
      query: z.object({ ref: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50) }),
      response: z.object({ items: z.array(commitSchema), nextCursor: z.null() }),
      errors: [gitHostFaults.not_found, gitHostFaults.ref_not_found],
      resource,
      handle: async ({ params, query }) => {
        const ref = await shownRef(host, params, query.ref)
        const commits = ref === undefined ? [] : await host.log({ ...params, ref, limit: query.limit })
        return { items: commits.map(({ sha, message, author, at }) => ({ sha, message, author, at: at.toISOString() })), nextCursor: null }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${path}/tree`,
      operation: 'repositories.tree',
      summary: 'List a folder of a repository',
      tag: 'repositories',
      permission: 'repository:read',
      params: names,
      query: z.object({ ref: z.string().optional(), path: z.string().default('') }),
      response: z.object({ items: z.array(entrySchema), nextCursor: z.null() }),
      errors: [gitHostFaults.not_found, gitHostFaults.ref_not_found, gitHostFaults.path_not_found],
      resource,
      handle: async ({ params, query }) => {
        const ref = await shownRef(host, params, query.ref)
        return { items: ref === undefined ? [] : await host.listTree({ ...params, ref, path: query.path }), nextCursor: null }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${path}/file`,
      operation: 'repositories.file',
      summary: 'Read a file of a repository',
      tag: 'repositories',
      permission: 'repository:read',
      params: names,
      query: z.object({ ref: z.string().optional(), path: z.string() }),
      response: fileSchema,
      errors: [gitHostFaults.not_found, gitHostFaults.ref_not_found, gitHostFaults.path_not_found, gitHostFaults.too_large],
      resource,
      handle: async ({ params, query }) => await shownFile(host, params, query.ref, query.path),
    }),
  ]
}

async function shownFile(
  host: LocalGitHost,
  params: { owner: string; name: string },
  asked: string | undefined,
  filePath: string,
): Promise<z.infer<typeof fileSchema>> {
  const repository = await host.getRepository(params.owner, params.name)
  const ref = asked ?? repository.defaultBranch
  const sha = await host.resolveRef({ ...params, ref })
  if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: `${params.owner}/${params.name}`, ref })
  const content = Buffer.from(await host.readFile({ ...params, ref: sha, path: filePath, maxBytes: MAX_SHOWN_BYTES }))
  const encoding = isText(content) ? 'utf-8' : 'base64'
  return { path: filePath, sha, sizeBytes: content.length, encoding, content: content.toString(encoding) }
}

/** The ref that was asked for, or the default branch; undefined when none was asked for and the repository is empty. */
async function shownRef(host: LocalGitHost, params: { owner: string; name: string }, asked: string | undefined): Promise<string | undefined> {
  if (asked !== undefined) return asked
  const repository = await host.getRepository(params.owner, params.name)
  return await host.resolveRef({ ...params, ref: repository.defaultBranch })
}

function shown(repository: Repository, request: Request): z.infer<typeof repositorySchema> {
  const cloneUrl = `${new URL(request.url).origin}/git/${repository.owner}/${repository.name}.git`
  return { ...repository, createdAt: repository.createdAt.toISOString(), cloneUrl }
}

function isText(content: Buffer): boolean {
  if (content.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content)
    return true
  } catch {
    return false
  }
}
