import { z } from 'zod'
import { isFault } from '#kernel/common/fault'
import { Secret } from '#kernel/common/secret'
import { jsonRoute, type Route } from '#kernel/node/http'
import { foreignHostFaults } from './foreign-host-faults.ts'
import type { ConfiguredGitHost, GitHosts } from './git-hosts.ts'

const gitHostSchema = z.object({
  /** Before the names of its repositories, e.g. `github.com`; empty for the built-in host. */
  name: z.string(),
  title: z.string(),
  type: z.enum(['fairway', 'github', 'gitlab', 'azure', 'gitea']),
  url: z.string(),
  /** Entity ref of its document; null for the built-in host. */
  entity: z.string().nullable(),
  organisations: z.array(z.string()),
  /** Its people and teams may give rights. */
  trustsPeople: z.boolean(),
})
const checkSchema = z.object({
  name: z.string(),
  isGood: z.boolean(),
  /** Whom the token stands for; null when it was refused, or there is none. */
  login: z.string().nullable(),
  /** What the token may do, where the host tells. */
  scopes: z.array(z.string()).nullable(),
  /** One sentence. */
  detail: z.string(),
})
const params = z.object({ name: z.string().max(300) })

/** `/api/v1/git-hosts…`. Webhooks come in where locations are: see `GitHosts.receiveWebhook`. */
export function gitHostsRoutes(hosts: GitHosts): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/git-hosts',
      operation: 'gitHosts.list',
      summary: 'List the Git hosts that the platform knows',
      tag: 'repositories',
      permission: 'repository:read',
      response: z.object({ items: z.array(gitHostSchema) }),
      handle: async () => ({ items: (await hosts.list()).map(shown) }),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/git-hosts/{name}/check',
      operation: 'gitHosts.check',
      summary: 'Ask a Git host whether it takes its token',
      tag: 'repositories',
      permission: 'repository:read',
      params,
      response: checkSchema,
      errors: [foreignHostFaults.unknown_host],
      handle: async ({ params: { name } }) => await check(await hosts.get(name)),
    }),
    jsonRoute({
      method: 'PUT',
      path: '/api/v1/git-hosts/{name}/token',
      operation: 'gitHosts.writeToken',
      summary: 'Keep the token that the platform comes to a Git host with',
      tag: 'repositories',
      permission: 'secret:write',
      status: 204,
      params,
      body: z.strictObject({ token: z.string().trim().min(1).max(4_000) }),
      response: z.void(),
      errors: [foreignHostFaults.unknown_host, foreignHostFaults.unsupported],
      handle: async ({ params: { name }, body: { token }, caller }) => await hosts.writeToken(name, new Secret(token), caller.principal),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/git-hosts/{name}/webhooks',
      operation: 'gitHosts.ensureWebhook',
      summary: 'Make a Git host tell the platform of pushes',
      tag: 'repositories',
      permission: 'repository:write',
      status: 204,
      params,
      body: z.strictObject({ owner: z.string().min(1).max(300), repository: z.string().min(1).max(300).optional() }),
      response: z.void(),
      errors: [foreignHostFaults.unknown_host, foreignHostFaults.unsupported, foreignHostFaults.forbidden, foreignHostFaults.unauthorised],
      handle: async ({ params: { name }, body: { owner, repository }, caller }) =>
        await hosts.ensureWebhook(name, { owner, ...(repository === undefined ? {} : { name: repository }) }, caller.principal),
    }),
  ]
}

function shown(host: ConfiguredGitHost): z.infer<typeof gitHostSchema> {
  const { name, title, type, url, entity, organisations, trustsPeople } = host
  return { name, title, type, url, entity: entity === '' ? null : `githost:default/${entity.toLowerCase()}`, organisations: [...organisations], trustsPeople }
}

async function check({ name, remote }: Awaited<ReturnType<GitHosts['get']>>): Promise<z.infer<typeof checkSchema>> {
  try {
    const { login, scopes } = await remote.api.whoAmI()
    return {
      name,
      isGood: true,
      login,
      scopes,
      detail: `it takes the token of "${login}"${scopes === null ? '' : `, which has ${scopes.join(', ') || 'no scopes'}`}`,
    }
  } catch (error) {
    if (!isFault(error)) throw error
    return { name, isGood: false, login: null, scopes: null, detail: error.message }
  }
}
