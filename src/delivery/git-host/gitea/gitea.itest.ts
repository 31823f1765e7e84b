import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { findRealTool, startGitea, type GiteaProcess } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { createEgress } from '#kernel/node/egress'
import { gitHostContract } from '../git-host-contract.ts'
import { pullRequestContract } from '../pull-request-contract.ts'
import { FOREIGN } from '../remote/foreign-capabilities-contract.ts'
import { RemoteGitHost } from '../remote/remote-git-host.ts'
import { GiteaApi } from './gitea-api.ts'

const real = findRealTool('gitea')

describe.skipIf(real.file === undefined)(`against the real Gitea${real.file === undefined ? ` (${real.reason})` : ''}`, () => {
  let gitea: GiteaProcess
  let root: string
  let host: RemoteGitHost
  let api: GiteaApi
  const egress = createEgress({ allowLoopback: true })
  const organisations: string[] = []
  const prepareOwner = async (owner: string): Promise<void> => {
    if (organisations.includes(owner)) return
    organisations.push(owner)
    await gitea.api('POST', '/orgs', { username: owner })
  }

  beforeAll(async () => {
    gitea = await startGitea({ file: real.file ?? '', adminUrl: inject('postgresUrl') })
    root = await mkdtemp(path.join(tmpdir(), 'mirrors-'))
    const shared = { host: new URL(gitea.url).host, credential: 'git-hosts/gitea/token', clock: systemClock, organisations }
    api = new GiteaApi({ ...shared, url: gitea.url, egress, token: async () => new Secret(gitea.token) })
    host = new RemoteGitHost({ ...shared, api, root, allowLoopback: true })
    await prepareOwner('acme')
  })
  afterAll(async () => {
    await gitea?.[Symbol.asyncDispose]()
    await egress[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  gitHostContract('gitea', async () => ({ host, pushes: async () => [], prepareOwner }), FOREIGN)
  pullRequestContract('gitea', async () => ({ host }), {
    seesMergeByPush: 'Gitea finds out later, and only where a repository has "autodetect manual merge" switched on',
  })

  it('tells an organisation with its teams and people', async () => {
    await gitea.api('POST', '/admin/users', {
      username: 'ana',
      full_name: 'Ana',
      email: 'ana@example.test',
      password: 'test-Passw0rd',
      must_change_password: false,
    })
    const { id } = (await gitea.api('POST', '/orgs/acme/teams', { name: 'payments', description: 'Pays', permission: 'write', units: ['repo.code'] })) as {
      id: number
    }
    await gitea.api('PUT', `/teams/${id}/members/ana`)
    expect(await api.organisation.listTeams('acme')).toEqual([
      { name: 'Owners', title: 'Owners', description: '', parent: null, members: ['root1'] },
      { name: 'payments', title: 'payments', description: 'Pays', parent: null, members: ['ana'] },
    ])
    expect(await api.organisation.listMembers('acme')).toContainEqual({ login: 'ana', name: 'Ana', email: 'ana@example.test' })
    await expect(api.organisation.listTeams('nobody')).rejects.toMatchObject({ code: 'delivery.foreign_host.forbidden' })
    expect(await api.whoAmI()).toEqual({ login: 'root1', scopes: null })
  })

  it('sends webhooks that are signed, one however often it was asked for', async () => {
    const deliveries: { headers: Headers; body: Buffer }[] = []
    let heard = Promise.withResolvers<void>()
    const listener = createServer((request, response) => {
      void buffer(request).then((body) => {
        deliveries.push({ headers: new Headers(request.headers as Record<string, string>), body })
        response.writeHead(204).end()
        heard.resolve()
      })
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const until = async (event: string): Promise<{ headers: Headers; body: Buffer }> => {
      for (;;) {
        const found = deliveries.find(({ headers }) => headers.get('x-gitea-event') === event)
        if (found) return found
        await heard.promise
        heard = Promise.withResolvers()
      }
    }
    const at = { owner: 'acme', name: 'hooked' }
    await host.createRepository({ ...at, createdBy: 'user:default/ana' })
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`
    for (const secret of ['first', 'hook-secret']) await api.ensureWebhook({ ...at, url, secret: new Secret(secret) })
    const files = [{ path: 'a', content: Buffer.from('a') }]
    const { sha } = await host.commitFiles({ ...at, branch: 'main', message: 'x', author: { name: 'Ana', email: 'a@b' }, files, pusher: 'user:default/ana' })
    const push = await until('push')
    expect(api.parsePush(push.headers, push.body, new Secret('hook-secret'))).toEqual([
      { ...at, ref: 'refs/heads/main', before: '0'.repeat(40), after: sha, pusher: 'root1' },
    ])
    expect(() => api.parsePush(push.headers, push.body, new Secret('first'))).toThrow(
      expect.objectContaining({ code: 'delivery.foreign_host.bad_signature' }) as Error,
    )
    await host.ensureBranch({ ...at, branch: 'gone', from: 'main', actor: 'user:default/ana' })
    await host.deleteBranch({ ...at, branch: 'gone', actor: 'user:default/ana' })
    const deleted = await until('delete')
    expect(api.parsePush(deleted.headers, deleted.body, new Secret('hook-secret'))).toMatchObject([{ ...at, ref: 'refs/heads/gone', after: '0'.repeat(40) }])
    expect(await gitea.api('GET', '/repos/acme/hooked/hooks')).toHaveLength(1)
    await new Promise((resolve) => listener.close(resolve))
  })

  it('runs', () => expect(gitea.version).toContain('1.26'))
})
