import { createHash } from 'node:crypto'
import * as client from 'openid-client'
import { sql } from 'kysely'
import type { Clock } from '#kernel/common/clock'
import type { Secret } from '#kernel/common/secret'
import type { Database } from '#kernel/node/database'
import type { Egress } from '#kernel/node/egress'
import type { Journal } from '#kernel/node/journal'
import { principalOf, type KnownPeople } from '../known-people.ts'
import { catalogNameOf } from '../people-entities.ts'
import { peopleFaults } from '../people-faults.ts'
import type { PeoplePublisher } from '../people-publisher.ts'
import { personOfClaims } from './oidc-claims.ts'
import { rememberPerson } from './oidc-people.ts'

/** An OpenID provider, e.g. Entra ID, Okta, Keycloak. */
export interface OidcProvider {
  /** E.g. `https://login.example.com/realms/acme`. */
  issuer: string
  clientId: string
  /** Undefined for a public client: PKCE alone proves it. */
  clientSecret: Secret | undefined
  /** The claim that names groups. */
  groupsClaim: string
  scopes: string
}

export interface OidcDeps {
  db: Database
  journal: Journal
  clock: Clock
  publisher: PeoplePublisher
  egress: Pick<Egress, 'fetch'>
  provider: OidcProvider
  publicUrl: () => string
  people: KnownPeople
  /** A link that signs somebody in once, within minutes. */
  loginLink(principal: string): Promise<Secret>
}

const ATTEMPT_MS = 10 * 60_000
const CALLBACK = '/api/v1/oidc/callback'

/** Signs people in by an OpenID provider: authorization code with PKCE, state and nonce. The state is bound to the browser that began. */
export class OidcSignIn {
  readonly #deps: OidcDeps
  #configuration: Promise<client.Configuration> | undefined

  constructor(deps: OidcDeps) {
    this.#deps = deps
  }

  /** Begins: where to send the browser, and the state to keep in its cookie. @throws `platform.people.provider_unreachable`. */
  async begin(returnTo: string): Promise<{ url: string; state: string }> {
    const { db, clock, provider } = this.#deps
    const configuration = await this.#discovered()
    const [state, verifier, nonce] = [client.randomState(), client.randomPKCECodeVerifier(), client.randomNonce()]
    const expiresAt = new Date(clock.now().getTime() + ATTEMPT_MS)
    await sql`delete from oidc_attempt where expires_at < ${clock.now()}`.execute(db)
    await sql`insert into oidc_attempt (state_hash, verifier, nonce, return_to, expires_at) values (${hashOf(state)}, ${verifier}, ${nonce}, ${ownPath(returnTo)}, ${expiresAt})`.execute(
      db,
    )
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: `${this.#deps.publicUrl()}${CALLBACK}`,
      scope: provider.scopes,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url: url.href, state }
  }

  /** Ends: the link that signs the person in. @throws `platform.people.sign_in_failed`, `.provider_unreachable`. */
  async finish(callback: URL, cookieState: string | undefined): Promise<{ link: Secret; returnTo: string }> {
    const { db, clock, provider } = this.#deps
    const state = callback.searchParams.get('state')
    if (state === null || state !== cookieState) throw peopleFaults.sign_in_failed({ what: 'this sign-in was not begun in this browser' })
    const { rows } = await sql<{ verifier: string; nonce: string; returnTo: string }>`
      delete from oidc_attempt where state_hash = ${hashOf(state)} and expires_at > ${clock.now()} returning verifier, nonce, return_to as "returnTo"`.execute(
      db,
    )
    const [attempt] = rows
    if (!attempt) throw peopleFaults.sign_in_failed({ what: 'this sign-in took too long, or was used already' })
    const configuration = await this.#discovered()
    const asked = new URL(`${this.#deps.publicUrl()}${CALLBACK}${callback.search}`)
    const tokens = await client
      .authorizationCodeGrant(configuration, asked, {
        pkceCodeVerifier: attempt.verifier,
        expectedNonce: attempt.nonce,
        expectedState: state,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        throw peopleFaults.sign_in_failed(
          { what: `the identity provider refused it (${error instanceof Error ? error.message : 'no reason'})` },
          { cause: error },
        )
      })
    const person = personOfClaims(tokens.claims() ?? {}, provider.groupsClaim)
    if (!person) throw peopleFaults.sign_in_failed({ what: 'the identity provider names nobody: it must give preferred_username, or a verified email' })
    const mark = await rememberPerson(this.#deps, person)
    const principal = await principalOf(this.#deps.people, { name: catalogNameOf(person.userName), email: person.email, mark })
    if (principal === undefined) throw peopleFaults.sign_in_failed({ what: `"${person.userName}" is not in the organisation; ask your administrator` })
    return { link: await this.#deps.loginLink(principal), returnTo: attempt.returnTo }
  }

  async #discovered(): Promise<client.Configuration> {
    this.#configuration ??= this.#discover()
    try {
      return await this.#configuration
    } catch (error) {
      // The next one tries again.
      this.#configuration = undefined
      throw peopleFaults.provider_unreachable(
        { issuer: this.#deps.provider.issuer, what: error instanceof Error ? error.message : String(error) },
        { cause: error },
      )
    }
  }

  async #discover(): Promise<client.Configuration> {
    const { provider, egress } = this.#deps
    const issuer = new URL(provider.issuer)
    const fetch: client.CustomFetch = async (url, options) =>
      await egress.fetch(url, {
        method: options.method,
        headers: options.headers as Record<string, string>,
        body: bodyOf(options.body),
        redirect: 'manual',
        ...(options.signal ? { signal: options.signal } : {}),
      })
    const authentication = provider.clientSecret === undefined ? client.None() : client.ClientSecretPost(provider.clientSecret.reveal())
    return await client.discovery(issuer, provider.clientId, undefined, authentication, {
      [client.customFetch]: fetch,
      // Only an issuer that the operator himself has named without TLS.
      ...(issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
    })
  }
}

function bodyOf(body: unknown): string | null {
  if (body === undefined || body === null) return null
  return body instanceof URLSearchParams ? body.toString() : (body as string)
}

function hashOf(state: string): Buffer {
  return createHash('sha256').update(state).digest()
}

/** A path of this platform: a sign-in never leads elsewhere. */
function ownPath(path: string): string {
  return /^\/(?![/\\])[\w\-./?=&%:,~]*$/.test(path) ? path : '/'
}
