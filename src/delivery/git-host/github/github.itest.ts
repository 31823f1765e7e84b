import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGithubServer, type GithubServer } from '#harness'
import { Secret } from '#kernel/common/secret'
import { gitHostContract } from '../git-host-contract.ts'
import { pullRequestContract } from '../pull-request-contract.ts'
import { FOREIGN } from '../remote/foreign-capabilities-contract.ts'
import { openRemote, type RemoteUnderTest } from '../remote/remote-host-contract.ts'
import { GithubApi } from './github-api.ts'

let server: GithubServer
let remote: RemoteUnderTest
const prepareOwner = async (owner: string): Promise<void> => {
  if (!remote.organisations.includes(owner)) remote.organisations.push(owner)
  if (!server.organisations.has(owner)) server.organisations.set(owner, { members: [], teams: [] })
}

beforeAll(async () => {
  server = await startGithubServer()
  remote = await openRemote(server, (options) => new GithubApi(options))
  await prepareOwner('acme')
})
afterAll(async () => {
  await remote?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

gitHostContract('github', async () => ({ host: remote.host, pushes: async () => [], prepareOwner }), FOREIGN)
pullRequestContract('github', async () => ({ host: remote.host }))

describe('an organisation of GitHub', () => {
  it('is told with its nested teams and with names', async () => {
    const members = Array.from({ length: 130 }, (_, index) => ({
      login: `user-${index}`,
      name: index === 0 ? 'Ana' : null,
      email: index === 0 ? 'ana@example.com' : '',
    }))
    const teams = [
      { slug: 'commerce', name: 'Commerce', description: 'Sells', parent: null, members: members.map((member) => member.login) },
      { slug: 'payments', name: 'Payments', description: null, parent: 'commerce', members: ['user-0'] },
    ]
    server.organisations.set('people', { members, teams })
    const told = await remote.api.organisation.listTeams('people')
    expect(told).toMatchObject([
      { name: 'commerce', title: 'Commerce', parent: null },
      { name: 'payments', parent: 'commerce', members: ['user-0'] },
    ])
    expect(told[0]?.members).toHaveLength(130)
    const people = await remote.api.organisation.listMembers('people')
    expect(people).toHaveLength(130)
    expect(people.slice(0, 2)).toEqual([
      { login: 'user-0', name: 'Ana', email: 'ana@example.com' },
      { login: 'user-1', name: 'user-1', email: null },
    ])
    await expect(remote.api.organisation.listMembers('nobody')).rejects.toMatchObject({ code: 'delivery.foreign_host.forbidden' })
  })

  it('gets one webhook, however often it is asked for', async () => {
    const target = { owner: 'acme', url: 'https://fairway.example/api/v1/webhooks/git/github.com' }
    await remote.api.ensureWebhook({ ...target, secret: new Secret('first-secret') })
    await remote.api.ensureWebhook({ ...target, secret: new Secret('second-secret') })
    const hooks = await fetch(`${server.url}/api/v3/orgs/acme/hooks`, { headers: { authorization: `Bearer ${server.token}` } })
    expect(await hooks.json()).toHaveLength(1)
  })
})

describe('a webhook of GitHub', () => {
  const secret = new Secret('It is a secret')
  const body = Buffer.from(
    JSON.stringify({
      ref: 'refs/heads/main',
      before: '0'.repeat(40),
      after: 'a'.repeat(40),
      repository: { name: 'Orders', owner: { login: 'Acme' } },
      sender: { login: 'ana' },
    }),
  )
  const signed = (bytes: Uint8Array): Headers =>
    new Headers({ 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${createHmac('sha256', 'It is a secret').update(bytes).digest('hex')}` })

  it('is read when it is signed', () =>
    expect(remote.api.parsePush(signed(body), body, secret)).toEqual([
      { owner: 'Acme', name: 'Orders', ref: 'refs/heads/main', before: '0'.repeat(40), after: 'a'.repeat(40), pusher: 'ana' },
    ]))

  it('is signed as GitHub documents it', () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    const documented = new Headers({
      'x-github-event': 'ping',
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    })
    expect(remote.api.parsePush(documented, Buffer.from('Hello, World!'), new Secret("It's a Secret to Everybody"))).toEqual([])
  })

  it('is refused with another signature, or none', () => {
    const refused = expect.objectContaining({ code: 'delivery.foreign_host.bad_signature' }) as Error
    expect(() => remote.api.parsePush(signed(Buffer.from('x')), body, secret)).toThrow(refused)
    expect(() => remote.api.parsePush(new Headers({ 'x-github-event': 'push' }), body, secret)).toThrow(refused)
    expect(() => remote.api.parsePush(signed(Buffer.from('[]')), Buffer.from('[]'), secret)).toThrow(
      expect.objectContaining({ code: 'delivery.foreign_host.bad_webhook' }) as Error,
    )
  })
})

it('tells who the token is and what it may do', async () =>
  expect(await remote.api.whoAmI()).toEqual({ login: 'fairway-bot', scopes: ['repo', 'admin:org_hook', 'read:org'] }))
