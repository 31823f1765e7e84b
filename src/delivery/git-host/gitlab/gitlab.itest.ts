import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitlabServer, type GitlabServer } from '#harness'
import { Secret } from '#kernel/common/secret'
import { gitHostContract } from '../git-host-contract.ts'
import { pullRequestContract } from '../pull-request-contract.ts'
import { FOREIGN } from '../remote/foreign-capabilities-contract.ts'
import { openRemote, type RemoteUnderTest } from '../remote/remote-host-contract.ts'
import { GitlabApi } from './gitlab-api.ts'

let server: GitlabServer
let remote: RemoteUnderTest
const prepareOwner = async (owner: string): Promise<void> => {
  if (!remote.organisations.includes(owner)) remote.organisations.push(owner)
  if (!server.groups.has(owner)) server.groups.set(owner, { name: owner, description: '', members: [] })
}

beforeAll(async () => {
  server = await startGitlabServer()
  remote = await openRemote(server, (options) => new GitlabApi(options))
  await prepareOwner('acme/shop')
})
afterAll(async () => {
  await remote?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

// In a subgroup: names of owners nest here.
gitHostContract('gitlab', async () => ({ host: remote.host, pushes: async () => [], prepareOwner, owner: 'acme/shop' }), FOREIGN)
pullRequestContract('gitlab', async () => ({ host: remote.host, owner: 'acme/shop' }), {
  squashIsOneCommit: 'GitLab puts a merge commit over the squashed one, unless the project merges by fast-forward',
})

describe('a group of GitLab', () => {
  it('is told with its subgroups, their members, and its projects', async () => {
    const person = (username: string, state = 'active'): { username: string; name: string; state: string } => ({
      username,
      name: username.toUpperCase(),
      state,
    })
    server.groups.set('corp', { name: 'Corp', description: '', members: [person('ana')] })
    server.groups.set('corp/shop', { name: 'Shop', description: 'Sells', members: Array.from({ length: 120 }, (_, index) => person(`u${index}`)) })
    server.groups.set('corp/shop/backend', { name: 'Backend', description: '', members: [person('ben'), person('gone', 'blocked')] })
    remote.organisations.push('corp')
    await remote.host.createRepository({ owner: 'corp/shop/backend', name: 'orders', createdBy: 'user:default/ana' })
    const teams = await remote.api.organisation.listTeams('corp')
    expect(teams.map(({ name, title, parent, members }) => ({ name, title, parent, count: members.length }))).toEqual([
      { name: 'shop', title: 'Shop', parent: null, count: 120 },
      { name: 'shop/backend', title: 'Backend', parent: 'shop', count: 1 },
    ])
    const members = await remote.api.organisation.listMembers('corp')
    expect(members).toHaveLength(122)
    expect(members[0]).toEqual({ login: 'ana', name: 'ANA', email: null })
    expect((await remote.api.organisation.listRepositories('corp')).map((each) => `${each.owner}/${each.name}`)).toEqual(['corp/shop/backend/orders'])
  })

  it('gets one webhook a project, however often it is asked for', async () => {
    await remote.host.createRepository({ owner: 'acme/shop', name: 'hooked', createdBy: 'user:default/ana' })
    const target = { owner: 'acme/shop', name: 'hooked', url: 'https://fairway.example/api/v1/webhooks/git/gitlab.com' }
    await remote.api.ensureWebhook({ ...target, secret: new Secret('first-secret') })
    await remote.api.ensureWebhook({ ...target, secret: new Secret('second-secret') })
    expect(server.repositories.find('acme/shop', 'hooked')?.hooks).toMatchObject([{ config: { token: 'second-secret', push_events: true } }])
  })
})

it('reads a webhook of GitLab that has its token, and no other', () => {
  const body = Buffer.from(
    JSON.stringify({
      object_kind: 'push',
      ref: 'refs/heads/main',
      before: '0'.repeat(40),
      after: 'a'.repeat(40),
      user_username: 'ana',
      project: { path_with_namespace: 'acme/shop/orders' },
    }),
  )
  const secret = new Secret('token-1')
  expect(remote.api.parsePush(new Headers({ 'x-gitlab-token': 'token-1' }), body, secret)).toEqual([
    { owner: 'acme/shop', name: 'orders', ref: 'refs/heads/main', before: '0'.repeat(40), after: 'a'.repeat(40), pusher: 'ana' },
  ])
  expect(remote.api.parsePush(new Headers({ 'x-gitlab-token': 'token-1' }), Buffer.from('{"object_kind":"note"}'), secret)).toEqual([])
  for (const headers of [new Headers(), new Headers({ 'x-gitlab-token': 'token-2' })])
    expect(() => remote.api.parsePush(headers, body, secret)).toThrow(expect.objectContaining({ code: 'delivery.foreign_host.bad_signature' }) as Error)
})

it('tells who the token is and what it may do', async () => expect(await remote.api.whoAmI()).toEqual({ login: 'fairway-bot', scopes: ['api'] }))
