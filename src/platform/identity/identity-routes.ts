import { z } from 'zod'
import { httpFaults, jsonRoute, type Caller, type Route } from '#kernel/node/http'
import { sessionCookie } from './credential.ts'
import { identityFaults } from './identity-faults.ts'
import { SESSION_LIFE_MS, type IdentityService } from './identity-service.ts'
import type { People } from './people.ts'
import { nameOfPrincipal } from './principal.ts'
import { SCOPE_PATTERN } from './scope.ts'

const scope = z.string().max(300).regex(SCOPE_PATTERN, 'is a permission pattern such as "change:read", "*:read" or "*"')
const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  subject: z.string(),
  scopes: z.array(z.string()),
  issuedBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  isCurrent: z.boolean(),
})

export function identityRoutes(deps: { service: IdentityService; people: People; origin: () => string }): Route[] {
  const { service } = deps
  const setCookie = (session: Parameters<typeof sessionCookie>[0]): string =>
    sessionCookie(session, { maxAgeSeconds: SESSION_LIFE_MS / 1000, isSecure: deps.origin().startsWith('https:') })
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/me',
      operation: 'me.get',
      summary: 'Say who calls',
      tag: 'identity',
      // Whoever holds any credential may know whose it is, whatever its scopes.
      permission: 'public',
      errors: [httpFaults.unauthenticated],
      response: z.object({
        principal: z.string(),
        displayName: z.string(),
        kind: z.enum(['person', 'service', 'agent', 'system']),
        groups: z.array(z.string()),
        scopes: z.array(z.string()),
        isAdministrator: z.boolean(),
      }),
      handle: ({ caller }) => {
        const { principal, displayName, kind, groups, scopes, isAdministrator } = known(caller)
        return { principal, displayName, kind, groups: [...groups], scopes: [...scopes], isAdministrator }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/session',
      operation: 'session.create',
      summary: 'Sign in with the code of a login link',
      tag: 'identity',
      permission: 'public',
      errors: [identityFaults.bad_code, identityFaults.too_many_attempts, httpFaults.cross_site],
      body: z.strictObject({ code: z.string().max(100) }),
      response: z.object({ principal: z.string(), displayName: z.string() }),
      handle: async ({ body, request }) => {
        assertOwnPage(request)
        const { session, principal } = await service.signIn(body.code)
        const displayName = (await deps.people.findPerson(principal))?.displayName ?? nameOfPrincipal(principal)
        return Response.json({ principal, displayName }, { headers: { 'set-cookie': setCookie(session), 'cache-control': 'no-store' } }) as never
      },
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/session',
      operation: 'session.delete',
      summary: 'Sign out',
      tag: 'identity',
      permission: 'public',
      errors: [httpFaults.unauthenticated, httpFaults.cross_site],
      response: z.object({}),
      handle: async ({ caller, request }) => {
        assertOwnPage(request)
        await service.signOut(known(caller))
        return Response.json({}, { headers: { 'set-cookie': setCookie(undefined) } }) as never
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/login-links',
      operation: 'loginLinks.create',
      summary: 'Make a link that signs a person in, once, within 15 minutes',
      tag: 'identity',
      permission: 'admin:login-link',
      errors: [identityFaults.unknown_subject, identityFaults.scope_exceeds, identityFaults.not_for_others],
      body: z.strictObject({ user: z.string().max(200) }),
      response: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
      status: 201,
      handle: async ({ caller, body }) => {
        const { url, expiresAt } = await service.createLoginLink(caller, body.user)
        return { url: url.reveal(), expiresAt: expiresAt.toISOString() }
      },
    }),
    ...tokenRoutes(service),
  ]
}

function tokenRoutes(service: IdentityService): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/tokens',
      operation: 'tokens.list',
      summary: 'List API tokens: your own, or all for an administrator',
      tag: 'identity',
      permission: 'token:list',
      query: z.object({
        subject: z.string().max(200).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        cursor: z.string().max(100).optional(),
      }),
      response: z.object({ items: z.array(tokenSchema), nextCursor: z.string().nullable() }),
      handle: async ({ caller, query }) => {
        const rows = await service.listTokens(caller, { subject: query.subject, before: query.cursor, limit: query.limit })
        const items = rows.map(({ principal, createdAt, expiresAt, lastUsedAt, revokedAt, ...token }) => ({
          ...token,
          subject: principal,
          createdAt: createdAt.toISOString(),
          expiresAt: expiresAt?.toISOString() ?? null,
          lastUsedAt: lastUsedAt?.toISOString() ?? null,
          revokedAt: revokedAt?.toISOString() ?? null,
          isCurrent: token.id === caller.credentialId,
        }))
        return { items, nextCursor: items.length === query.limit ? (items.at(-1)?.id ?? null) : null }
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/tokens',
      operation: 'tokens.create',
      summary: 'Issue an API token; it is shown once',
      tag: 'identity',
      permission: 'token:create',
      errors: [identityFaults.scope_exceeds, identityFaults.not_for_others, identityFaults.unknown_subject],
      body: z.strictObject({
        name: z.string().trim().min(1).max(100),
        subject: z.string().max(200).optional(),
        scopes: z.array(scope).min(1).max(50),
        ttlSeconds: z
          .int()
          .min(1)
          .max(366 * 86_400),
      }),
      response: z.object({
        id: z.string(),
        token: z.string(),
        name: z.string(),
        subject: z.string(),
        scopes: z.array(z.string()),
        createdAt: z.iso.datetime(),
        expiresAt: z.iso.datetime(),
      }),
      status: 201,
      handle: async ({ caller, body }) => {
        const issued = await service.issueToken(caller, body)
        return {
          ...issued,
          scopes: [...issued.scopes],
          token: issued.token.reveal(),
          createdAt: issued.createdAt.toISOString(),
          expiresAt: issued.expiresAt?.toISOString() ?? '',
        }
      },
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/tokens/{id}',
      operation: 'tokens.revoke',
      summary: 'Revoke an API token; everything that lives on it ends at once',
      tag: 'identity',
      permission: 'token:create',
      errors: [identityFaults.token_not_found],
      params: z.object({ id: z.string().max(100) }),
      response: z.object({}),
      status: 204,
      handle: async ({ caller, params }) => {
        await service.revokeToken(caller, params.id)
        return {}
      },
    }),
  ]
}

function known(caller: Caller | undefined): Caller {
  if (!caller) throw httpFaults.unauthenticated({})
  return caller
}

/** A foreign page must not sign our reader in as somebody else, nor out. Programs send neither header. */
function assertOwnPage(request: Request): void {
  const origin = request.headers.get('origin')
  const isForeign =
    origin === null ? request.headers.get('sec-fetch-site') === 'cross-site' : hostOf(origin) !== (request.headers.get('host') ?? new URL(request.url).host)
  if (isForeign) throw httpFaults.cross_site({})
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}
