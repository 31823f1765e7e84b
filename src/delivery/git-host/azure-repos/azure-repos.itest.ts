import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAzureServer, type AzureServer } from '#harness'
import { Secret } from '#kernel/common/secret'
import { gitHostContract } from '../git-host-contract.ts'
import { pullRequestContract } from '../pull-request-contract.ts'
import { FOREIGN } from '../remote/foreign-capabilities-contract.ts'
import { openRemote, type RemoteUnderTest } from '../remote/remote-host-contract.ts'
import { AzureReposApi } from './azure-repos-api.ts'

let server: AzureServer
let remote: RemoteUnderTest
const prepareOwner = async (owner: string): Promise<void> => {
  if (!remote.organisations.includes(owner)) remote.organisations.push(owner)
  if (!server.projects.has(owner)) server.projects.set(owner, { id: `project-${owner}`, teams: [] })
}
const OWNER = 'acme/Web Shop'

beforeAll(async () => {
  server = await startAzureServer()
  remote = await openRemote(server, (options) => new AzureReposApi(options))
  await prepareOwner(OWNER)
})
afterAll(async () => {
  await remote?.[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
})

gitHostContract('azure', async () => ({ host: remote.host, pushes: async () => [], prepareOwner, owner: OWNER }), {
  ...FOREIGN,
  tellsDescription: 'Azure DevOps has descriptions of projects, not of repositories',
})
pullRequestContract('azure', async () => ({ host: remote.host, owner: OWNER }), {
  seesMergeByPush: 'Azure DevOps leaves a pull request active until somebody completes it',
})

describe('an organisation of Azure DevOps', () => {
  it('is told by project, with teams and their people', async () => {
    const ana = { displayName: 'Ana', uniqueName: 'ana@example.com' }
    const all = { displayName: 'Contributors', uniqueName: 'vstfs:///x', isContainer: true }
    server.projects.set('corp/Shop', { id: 'p1', teams: [{ id: 't1', name: 'Shop Team', description: 'Sells', members: [ana, all] }] })
    server.projects.set('corp/Ops', { id: 'p2', teams: [{ id: 't2', name: 'Ops Team', description: '', members: [ana] }] })
    expect(await remote.api.organisation.listTeams('corp')).toEqual([
      { name: 'Ops/Ops Team', title: 'Ops Team', description: '', parent: null, members: ['ana@example.com'] },
      { name: 'Shop/Shop Team', title: 'Shop Team', description: 'Sells', parent: null, members: ['ana@example.com'] },
    ])
    expect((await remote.api.organisation.listTeams('corp/Shop')).map((team) => team.name)).toEqual(['Shop Team'])
    expect(await remote.api.organisation.listMembers('corp')).toEqual([{ login: 'ana@example.com', name: 'Ana', email: 'ana@example.com' }])
  })

  it('gets one service hook a repository, however often it is asked for', async () => {
    await remote.host.createRepository({ owner: OWNER, name: 'hooked', createdBy: 'user:default/ana' })
    const target = { owner: OWNER, name: 'hooked', url: 'https://fairway.example/api/v1/webhooks/git/dev.azure.com' }
    await remote.api.ensureWebhook({ ...target, secret: new Secret('first-secret') })
    await remote.api.ensureWebhook({ ...target, secret: new Secret('second-secret') })
    expect(server.calls.filter((call) => call.startsWith('POST') && call.endsWith('/subscriptions'))).toHaveLength(1)
    expect(server.calls.filter((call) => call.startsWith('PUT') && call.includes('/subscriptions/'))).toHaveLength(1)
  })
})

it('reads a service hook that has its password, and no other', () => {
  const repository = { name: 'orders', remoteUrl: `${server.url}/acme/Web%20Shop/_git/orders`, project: { name: 'Web Shop' } }
  const refUpdates = [{ name: 'refs/heads/main', oldObjectId: '0'.repeat(40), newObjectId: 'a'.repeat(40) }]
  const body = Buffer.from(JSON.stringify({ eventType: 'git.push', resource: { refUpdates, repository, pushedBy: { uniqueName: 'ana@example.com' } } }))
  const secret = new Secret('hook-password')
  const authorization = (password: string): Headers => new Headers({ authorization: `Basic ${Buffer.from(`fairway:${password}`).toString('base64')}` })
  expect(remote.api.parsePush(authorization('hook-password'), body, secret)).toEqual([
    { owner: OWNER, name: 'orders', ref: 'refs/heads/main', before: '0'.repeat(40), after: 'a'.repeat(40), pusher: 'ana@example.com' },
  ])
  for (const headers of [new Headers(), authorization('other')])
    expect(() => remote.api.parsePush(headers, body, secret)).toThrow(expect.objectContaining({ code: 'delivery.foreign_host.bad_signature' }) as Error)
})

it('takes the sign-in page for a refused token', async () => {
  await using stranger = await openRemote({ url: server.url, token: 'wrong' }, (options) => new AzureReposApi(options))
  await expect(stranger.host.findRepository(OWNER, 'x')).rejects.toMatchObject({ code: 'delivery.foreign_host.unauthorised' })
})
