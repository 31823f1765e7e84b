import { createHmac } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, organisationLoaded, runFairway, startGithubServer, startPlatformProcess, type GithubServer, type PlatformProcess } from '#harness'
import { pushFiles } from '../harness/tiny-service.ts'

let forge: GithubServer
let platform: PlatformProcess
let name: string

beforeAll(async () => {
  forge = await startGithubServer()
  forge.organisations.set('acme', { members: [], teams: [] })
  name = new URL(forge.url).host
  platform = await startPlatformProcess({ flags: ['--no-walk'] })
  await organisationLoaded(platform.administrator)
})
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await forge?.[Symbol.asyncDispose]()
})

const fairway = async (args: string[], input = ''): ReturnType<typeof runFairway> => await runFairway(args, { FAIRWAY_DATA: platform.dataDir }, input)
const found = async (ref: string): Promise<object | undefined> => {
  const response = await fetch(`${platform.url}/api/v1/entities/${ref}`, { headers: { authorization: `Bearer ${await admin()}` } })
  return response.ok ? ((await response.json()) as object) : undefined
}
const admin = async (): Promise<string> => (await readFile(path.join(platform.dataDir, 'admin.token'), 'utf8')).trim()
const component = (title: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: ledger, title: ${title} }\nspec: { type: service, lifecycle: production, owner: group:default/platform }\n`

/** Somebody's push to the forge. @returns the commit. */
async function pushToForge(text: string): Promise<string> {
  const repository = forge.repositories.find('acme', 'ledger') ?? (await forge.repositories.create('acme', 'ledger', ''))
  const gitDir = repository?.gitDir ?? ''
  const git = async (...args: string[]): Promise<string> => await forge.repositories.git(gitDir, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args)
  const file = path.join(gitDir, 'catalog-info.yaml')
  await writeFile(file, text)
  await git('read-tree', '--empty')
  await git('update-index', '--add', '--cacheinfo', `100644,${await git('hash-object', '-w', file)},catalog-info.yaml`)
  const parent = repository && (await forge.repositories.head(repository, 'main'))
  const commit = await git('commit-tree', await git('write-tree'), ...(parent === undefined ? [] : ['-p', parent]), '-m', 'Push')
  await git('update-ref', 'refs/heads/main', commit)
  return commit
}

it('a foreign host is declared, given its token, read, and listened to', async () => {
  const folder = `git-hosts/${name.replace(':', '-')}`
  await pushFiles(platform, await admin(), 'fairway/organisation', {
    'git-hosts/forge.yaml': `apiVersion: fairway.dev/v1\nkind: GitHost\nmetadata: { name: forge }\nspec:\n  type: github\n  url: ${forge.url}\n  organisations: [acme]\n  credential: ${folder}/token\n  webhookSecret: ${folder}/webhook\n`,
  })
  await eventually('the host', async () => {
    const { items } = await platform.administrator.call('gitHosts.list', {})
    return items.find((host) => host.name === name)
  })

  const refused = await fairway(['git-hosts', 'token', name], 'wrong\n')
  expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('does not accept its credential')])
  expect((await fairway(['git-hosts', 'token', 'forge'], `${forge.token}\n`)).stdout).toContain('it takes the token of "fairway-bot", which has repo')
  expect((await fairway(['doctor'])).stdout).toMatch(new RegExp(`Git host ${name}\\s+it takes the token`))

  await pushToForge(component('First'))
  const added = await fairway(['locations', 'add', `${forge.url}/acme/ledger`])
  expect([added.code, added.stderr]).toEqual([0, ''])
  expect(await found('component/default/ledger')).toMatchObject({ entity: { metadata: { title: 'First' } } })

  expect((await fairway(['git-hosts', 'webhook', 'forge', 'acme/ledger'])).code).toBe(0)
  const [hook] = forge.repositories.find('acme', 'ledger')?.hooks ?? []
  const { url, secret } = (hook?.config ?? {}) as { url: string; secret: string }
  expect(url).toBe(`${platform.url}/api/v1/webhooks/git/${encodeURIComponent(name)}`)
  const after = await pushToForge(component('Second'))
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after,
    repository: { name: 'ledger', owner: { login: 'acme' } },
    sender: { login: 'ana' },
  })
  const told = async (key: string): Promise<number> => {
    const signature = `sha256=${createHmac('sha256', key).update(body).digest('hex')}`
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signature, 'content-type': 'application/json' }
    return (await fetch(url, { method: 'POST', headers, body })).status
  }
  expect(await told('another secret')).toBe(401)
  expect(await told(secret)).toBe(202)
  await eventually('the altered component', async () => {
    const entity = (await found('component/default/ledger')) as { entity?: { metadata?: { title?: string } } } | undefined
    return entity?.entity?.metadata?.title === 'Second' ? true : undefined
  })
})
