import { describe, expect, it } from 'vitest'
import { makeCredential, readCredential, sessionCookie } from './credential.ts'

const token = makeCredential('fwy').secret.reveal()
const session = makeCredential('fws').secret.reveal()
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

describe('readCredential', () => {
  it.each([
    ['nothing', {}, undefined],
    ['a bearer token', { authorization: `Bearer ${token}` }, { kind: 'token', text: token }],
    ['a bearer token, other case', { authorization: `bearer  ${token}` }, { kind: 'token', text: token }],
    ['a token as password', { authorization: basic('git', token) }, { kind: 'token', text: token }],
    ['a session cookie among others', { cookie: `a=b; fairway_session=${session}; c` }, { kind: 'session', text: session }],
    ['an emptied cookie', { cookie: 'fairway_session=' }, undefined],
    ['a header before a cookie', { authorization: `Bearer ${token}`, cookie: `fairway_session=${session}` }, { kind: 'token', text: token }],
  ])('reads %s', (_what, headers, expected) => expect(readCredential(new Headers(headers))).toEqual(expected))

  it.each([
    ['a session secret as token', { authorization: `Bearer ${session}` }],
    ['a token as cookie', { cookie: `fairway_session=${token}` }],
    ['a login code as token', { authorization: `Bearer ${makeCredential('fwl').secret.reveal()}` }],
    ['two session cookies', { cookie: `fairway_session=${session}; fairway_session=${session}` }],
    ['an unknown scheme, with a good cookie beside it', { authorization: `Digest ${token}`, cookie: `fairway_session=${session}` }],
    ['an empty header', { authorization: '' }],
    ['a token without scheme', { authorization: token }],
    ['a token as user name', { authorization: basic(token, '') }],
    ['a token cut short', { authorization: `Bearer ${token.slice(0, -1)}` }],
    ['a token with a tail', { authorization: `Bearer ${token}x` }],
    ['a token with a quote', { authorization: `Bearer ${token.slice(0, -1)}'` }],
    ['two tokens', { authorization: `Bearer ${token} ${token}` }],
    ['basic without colon', { authorization: `Basic ${Buffer.from('x').toString('base64')}` }],
  ])('refuses %s', (_what, headers) => {
    expect(() => readCredential(new Headers(headers))).toThrow(expect.objectContaining({ code: 'platform.identity.malformed', status: 401 }))
  })
})

it('gives no script and no foreign site the cookie', () => {
  const options = { maxAgeSeconds: 60, isSecure: true }
  expect(sessionCookie(makeCredential('fws').secret, options)).toMatch(/^fairway_session=fws_\S{43}; Path=\/; Max-Age=60; HttpOnly; SameSite=Lax; Secure$/)
  expect(sessionCookie(undefined, options)).toMatch(/^fairway_session=; Path=\/; Max-Age=0; HttpOnly/)
})
