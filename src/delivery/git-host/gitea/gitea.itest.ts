import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
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

  it('runs', () => expect(gitea.version).toContain('1.26'))
})
