import { readJson, rawRoute, type RawInput, type Route } from '#kernel/node/http'
import { peopleFaults } from '../people-faults.ts'
import { readFilter } from './scim-filter.ts'
import type { ScimService } from './scim-service.ts'

const BASE = '/scim/v2'
const TYPE = 'application/scim+json'
const MAX_COUNT = 200

/** SCIM 2.0 for a directory service such as Entra ID or Okta (RFC 7643, 7644). Its token needs the scope `directory:write`. */
export function scimRoutes(service: ScimService, publicUrl: () => string): Route[] {
  const baseUrl = (): string => `${publicUrl()}${BASE}`
  const route = (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    operation: string,
    summary: string,
    handle: (input: RawInput) => Promise<Response>,
  ): Route =>
    rawRoute({
      method,
      path: `${BASE}${path}`,
      operation: `scim.${operation}`,
      summary,
      tag: 'Directory',
      permission: 'directory:write',
      challenge: 'Bearer',
      renderFault: ({ status, code, detail }) =>
        answer(status, {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: String(status),
          detail,
          ...(code.endsWith('.taken') ? { scimType: 'uniqueness' } : {}),
        }),
      handle,
    })
  const actor = (input: RawInput): string => input.caller?.principal ?? 'system:fairway'
  const id = (input: RawInput): string => input.params['id'] ?? ''
  const body = async (input: RawInput): Promise<Record<string, unknown>> => {
    const sent = await readJson(input.request)
    if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw peopleFaults.bad_resource({ what: 'the body is no object' })
    return sent as Record<string, unknown>
  }
  return [
    route('GET', '/ServiceProviderConfig', 'config', 'What of SCIM is supported', async () => answer(200, providerConfig(baseUrl()))),
    route('GET', '/ResourceTypes', 'resourceTypes', 'The kinds of resources', async () =>
      answer(200, listed([resourceType('User', baseUrl()), resourceType('Group', baseUrl())], 1, 2)),
    ),
    route('GET', '/Users', 'listUsers', 'Find people', async (input) => {
      const { startIndex, count } = pageOf(input.url)
      const by = readFilter(input.url.searchParams.get('filter'), { username: 'userName', externalid: 'externalId', 'emails.value': 'email' } as const)
      const { items, total } = await service.listUsers({ by, offset: startIndex - 1, limit: count }, baseUrl())
      return answer(200, listed(items, startIndex, total))
    }),
    route('POST', '/Users', 'createUser', 'Add a person', async (input) => {
      const made = await service.getUser(await service.createUser(await body(input), actor(input)), baseUrl())
      return answer(201, made, { location: made.meta.location })
    }),
    route('GET', '/Users/{id}', 'getUser', 'Get a person', async (input) => answer(200, await service.getUser(id(input), baseUrl()))),
    route('PUT', '/Users/{id}', 'replaceUser', 'Replace a person', async (input) => {
      await service.replaceUser(id(input), await body(input), actor(input))
      return answer(200, await service.getUser(id(input), baseUrl()))
    }),
    route('PATCH', '/Users/{id}', 'patchUser', 'Alter a person', async (input) => {
      await service.patch('user', id(input), await body(input), actor(input))
      return answer(200, await service.getUser(id(input), baseUrl()))
    }),
    route('DELETE', '/Users/{id}', 'deleteUser', 'Remove a person', async (input) => {
      await service.deleteUser(id(input), actor(input))
      return new Response(null, { status: 204 })
    }),
    route('GET', '/Groups', 'listGroups', 'Find groups', async (input) => {
      const { startIndex, count } = pageOf(input.url)
      const by = readFilter(input.url.searchParams.get('filter'), { displayname: 'displayName', externalid: 'externalId' } as const)
      const { items, total } = await service.listGroups({ by, offset: startIndex - 1, limit: count }, baseUrl())
      return answer(200, listed(items, startIndex, total))
    }),
    route('POST', '/Groups', 'createGroup', 'Add a group', async (input) => {
      const made = await service.getGroup(await service.createGroup(await body(input), actor(input)), baseUrl())
      return answer(201, made, { location: made.meta.location })
    }),
    route('GET', '/Groups/{id}', 'getGroup', 'Get a group', async (input) => answer(200, await service.getGroup(id(input), baseUrl()))),
    route('PUT', '/Groups/{id}', 'replaceGroup', 'Replace a group', async (input) => {
      await service.replaceGroup(id(input), await body(input), actor(input))
      return answer(200, await service.getGroup(id(input), baseUrl()))
    }),
    route('PATCH', '/Groups/{id}', 'patchGroup', 'Alter a group', async (input) => {
      await service.patch('group', id(input), await body(input), actor(input))
      return answer(200, await service.getGroup(id(input), baseUrl()))
    }),
    route('DELETE', '/Groups/{id}', 'deleteGroup', 'Remove a group', async (input) => {
      await service.deleteGroup(id(input), actor(input))
      return new Response(null, { status: 204 })
    }),
  ]
}

function answer(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': TYPE, ...headers } })
}

function listed(items: readonly unknown[], startIndex: number, total: number): unknown {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: total, startIndex, itemsPerPage: items.length, Resources: items }
}

function pageOf(url: URL): { startIndex: number; count: number } {
  const number = (name: string, fallback: number): number => {
    const value = Number(url.searchParams.get(name) ?? fallback)
    return Number.isInteger(value) ? value : fallback
  }
  return { startIndex: Math.min(Math.max(1, number('startIndex', 1)), 1_000_000_000), count: Math.min(Math.max(0, number('count', 100)), MAX_COUNT) }
}

function resourceType(name: 'User' | 'Group', baseUrl: string): unknown {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema: `urn:ietf:params:scim:schemas:core:2.0:${name}`,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  }
}

function providerConfig(baseUrl: string): unknown {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: MAX_COUNT },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: false },
    authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description: 'A token of Fairway with the scope directory:write' }],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}
