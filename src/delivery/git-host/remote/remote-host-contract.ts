import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { createEgress } from '#kernel/node/egress'
import type { ForgeApi } from './forge-api.ts'
import type { ForgeOptions } from './forge-options.ts'
import { RemoteGitHost } from './remote-git-host.ts'

/** A foreign host under test. `organisations` may grow. */
export interface RemoteUnderTest extends AsyncDisposable {
  host: RemoteGitHost
  api: ForgeApi
  organisations: string[]
}

/** Opens an adapter on a server of this machine, with mirrors in a folder of its own. */
export async function openRemote(server: { url: string; token: string }, adapter: (options: ForgeOptions) => ForgeApi): Promise<RemoteUnderTest> {
  const root = await mkdtemp(path.join(tmpdir(), 'mirrors-'))
  const egress = createEgress({ allowLoopback: true })
  const organisations: string[] = []
  const shared = { host: new URL(server.url).host, credential: 'git-hosts/test/token', clock: systemClock, organisations }
  const api = adapter({ ...shared, url: server.url, egress, token: async () => new Secret(server.token) })
  const host = new RemoteGitHost({ ...shared, api, root, allowLoopback: true })
  return {
    host,
    api,
    organisations,
    [Symbol.asyncDispose]: async () => {
      await egress[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}
