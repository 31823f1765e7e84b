import { z } from 'zod'
import { jsonRoute, rawRoute, type Route } from '#kernel/node/http'
import { peopleFaults } from '../people-faults.ts'
import type { OidcSignIn } from './oidc-sign-in.ts'

const COOKIE = 'fairway_oidc'
const PATH = '/api/v1/oidc'

/** Signing in by an identity provider. Absent a provider, the portal hears that there is none. */
export function oidcRoutes(signIn: OidcSignIn | undefined, options: { issuer: string | undefined; isSecure: () => boolean }): Route[] {
  const cookie = (value: string, maxAge: number): string =>
    `${COOKIE}=${value}; Path=${PATH}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${options.isSecure() ? '; Secure' : ''}`
  return [
    jsonRoute({
      method: 'GET',
      path: PATH,
      operation: 'oidc.get',
      summary: 'Tell whether people sign in by an identity provider',
      tag: 'identity',
      permission: 'public',
      response: z.object({ isEnabled: z.boolean(), issuer: z.string().nullable() }),
      handle: () => ({ isEnabled: signIn !== undefined, issuer: options.issuer ?? null }),
    }),
    rawRoute({
      method: 'GET',
      path: `${PATH}/login`,
      operation: 'oidc.login',
      summary: 'Send the browser to the identity provider',
      tag: 'identity',
      permission: 'public',
      handle: async ({ url }) => {
        if (!signIn) throw peopleFaults.no_provider({})
        const begun = await signIn.begin(url.searchParams.get('returnTo') ?? '/')
        return new Response(null, { status: 302, headers: { location: begun.url, 'set-cookie': cookie(begun.state, 600), 'cache-control': 'no-store' } })
      },
    }),
    rawRoute({
      method: 'GET',
      path: `${PATH}/callback`,
      operation: 'oidc.callback',
      summary: 'Come back from the identity provider',
      tag: 'identity',
      permission: 'public',
      handle: async ({ url, request }) => {
        if (!signIn) throw peopleFaults.no_provider({})
        const { link, returnTo } = await signIn.finish(url, cookieOf(request.headers.get('cookie')))
        const target = new URL(link.reveal())
        if (returnTo !== '/') target.searchParams.set('next', returnTo)
        return new Response(null, {
          status: 302,
          headers: { location: target.href, 'set-cookie': cookie('', 0), 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
        })
      },
    }),
  ]
}

function cookieOf(header: string | null): string | undefined {
  return header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1)
}
