import { hash, randomBytes } from 'node:crypto'
import { Secret } from '#kernel/common/secret'
import { identityFaults } from './identity-faults.ts'

/** `fwy_` API tokens, `fws_` session secrets, `fwl_` login codes: one is never taken for another. */
export type CredentialPrefix = 'fwy' | 'fws' | 'fwl'

const SESSION_COOKIE = 'fairway_session'

/** Makes 256 random bits as text; only the hash is ever stored. */
export function makeCredential(prefix: CredentialPrefix): { secret: Secret; hash: Buffer } {
  const text = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { secret: new Secret(text), hash: hashCredential(text) }
}

export function hashCredential(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/** True for text that could be a credential of this kind; anything else need not be looked up. */
export function isCredential(prefix: CredentialPrefix, text: string): boolean {
  return text.length === 47 && text.startsWith(`${prefix}_`) && /^[\w-]+$/.test(text)
}

/** What a request shows: a token (Bearer, or password of Basic), or our cookie. A header is never passed over in favour of a cookie. */
export interface Presented {
  kind: 'token' | 'session'
  text: string
}

/** @throws `platform.identity.malformed` for a credential of a form that we do not know. */
export function readCredential(headers: Headers): Presented | undefined {
  const authorization = headers.get('authorization')
  if (authorization !== null) return { kind: 'token', text: readAuthorization(authorization) }
  const cookie = readSessionCookie(headers.get('cookie') ?? '')
  return cookie === undefined ? undefined : { kind: 'session', text: cookie }
}

function readAuthorization(header: string): string {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+) *$/.exec(header) ?? []
  const text = scheme.toLowerCase() === 'bearer' ? value : scheme.toLowerCase() === 'basic' ? passwordOf(value) : undefined
  if (text === undefined) throw identityFaults.malformed({ what: 'the Authorization header is neither Bearer nor Basic' })
  if (!isCredential('fwy', text)) throw identityFaults.malformed({ what: 'the Authorization header carries no Fairway token' })
  return text
}

function passwordOf(encoded: string): string {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}

function readSessionCookie(header: string): string | undefined {
  const values = header.split(';').flatMap((part) => {
    const at = part.indexOf('=')
    return at >= 0 && part.slice(0, at).trim() === SESSION_COOKIE ? [part.slice(at + 1).trim()] : []
  })
  const [value] = values
  if (value === undefined || value === '') return undefined
  // Two of them: somebody else planted one, and which is ours can't be told.
  if (values.length > 1 || !isCredential('fws', value)) throw identityFaults.malformed({ what: 'the session cookie is not one of ours' })
  return value
}

/** The cookie that signs a browser in. The server ends the session earlier, by its own clock. */
export function sessionCookie(secret: Secret | undefined, options: { maxAgeSeconds: number; isSecure: boolean }): string {
  const age = secret ? options.maxAgeSeconds : 0
  return `${SESSION_COOKIE}=${secret?.reveal() ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${options.isSecure ? '; Secure' : ''}`
}
