import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, organisationLoaded, runFairway, startGithubServer, startPlatformProcess, type GithubServer, type PlatformProcess } from '#harness'
import { pushFiles } from '../harness/tiny-service.ts'

const CORPUS = path.resolve('../shared/corpus/backstage-templates/backstage+software-templates/scaffolder-templates/docs-template/template.yaml')
const skeleton = {
  'catalog-info.yaml':
    'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${{ values.name }}\n  description: ${{ values.description }}\nspec: { type: documentation, lifecycle: experimental, owner: group:default/platform }\n',
  'docs/index.md': '# ${{ values.name }}\n\nAt ${{ values.destination.owner }}/${{ values.destination.repo }}.\n',
}
const own = (name: string): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: ${name}, title: ${name} }\nspec:\n  type: documentation\n  owner: group:default/platform\n  parameters: { properties: { name: { type: string } } }\n  steps:\n    - { id: fetch, name: Fetch, action: 'fetch:template', input: { url: ./skeleton, values: { name: '\${{ parameters.name }}', description: x, destination: { owner: acme, repo: x } } } }\n    - { id: one, name: One file, action: 'fetch:plain:file', input: { url: ./skeleton/docs/index.md, targetPath: RAW.md } }\n    - { id: publish, name: Publish, action: 'publish:fairway', input: { repoUrl: '?owner=acme&repo=\${{ parameters.name }}' } }\n`

let forge: GithubServer
let platform: PlatformProcess
let web: Server
let folder: string
let admin: string
let name: string
/** Files of the web server; folders are listed as Apache does. */
const pages = new Map<string, string>()

beforeAll(async () => {
  forge = await startGithubServer()
  forge.organisations.set('acme', { members: [], teams: [] })
  name = new URL(forge.url).host
  folder = await mkdtemp(path.join(tmpdir(), 'fairway-templates-'))
  web = createServer((request, response) => {
    const at = decodeURIComponent(request.url ?? '/').slice(1)
    const below = [...pages.keys()].filter((page) => at.endsWith('/') && page.startsWith(at)).map((page) => page.slice(at.length).replace(/\/.*/, '/'))
    const body = pages.get(at) ?? (below.length > 0 ? [...new Set(below)].map((each) => `<a href="${each}">${each}</a>`).join('') : undefined)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': below.length > 0 ? 'text/html' : 'text/plain' }).end(body)
  })
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  platform = await startPlatformProcess({
    flags: ['--no-walk'],
    environment: { FAIRWAY_CATALOG_FOLDERS: folder, FAIRWAY_EGRESS_ALLOW: `127.0.0.1:${(web.address() as AddressInfo).port}` },
  })
  await organisationLoaded(platform.administrator)
  admin = (await readFile(path.join(platform.dataDir, 'admin.token'), 'utf8')).trim()
})
afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await forge?.[Symbol.asyncDispose]()
  web?.close()
  await rm(folder, { recursive: true, force: true })
})

async function call(method: string, route: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${platform.url}${route}`, {
    method,
    headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}
async function register(target: string): Promise<void> {
  const made = await call('POST', '/api/v1/locations', { target, allow: ['Template'] })
  const read = await eventually('the reading of the location', async () => {
    const found = await call('GET', `/api/v1/locations/${String(made['id'])}`)
    return found['state'] === 'reading' ? undefined : found
  })
  expect(read).toMatchObject({ state: 'ok', problems: [] })
}
/** Runs a template to its end. @returns the change. */
async function run(template: string, values: object): Promise<Record<string, unknown>> {
  const { id } = await call('POST', '/api/scaffolder/v2/tasks', { templateRef: `template:default/${template}`, values })
  const task = await eventually('the end of the run', async () => {
    const found = await call('GET', `/api/scaffolder/v2/tasks/${String(id)}`)
    return ['completed', 'failed', 'cancelled'].includes(String(found['status'])) ? found : undefined
  })
  const events = await fetch(`${platform.url}/api/scaffolder/v2/tasks/${String(id)}/events`, { headers: { authorization: `Bearer ${admin}` } })
  expect([task['status'], await events.text()]).toEqual(['completed', expect.any(String)])
  return await call('GET', `/api/v1/creations/${String(id)}`)
}
async function pushToForge(repository: string, files: Record<string, string>): Promise<string> {
  const found = forge.repositories.find('acme', repository) ?? (await forge.repositories.create('acme', repository, ''))
  const gitDir = found?.gitDir ?? ''
  const git = async (...args: string[]): Promise<string> => await forge.repositories.git(gitDir, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args)
  await git('read-tree', '--empty')
  for (const [file, text] of Object.entries(files)) {
    await writeFile(path.join(gitDir, 'upload'), text)
    await git('update-index', '--add', '--cacheinfo', `100644,${await git('hash-object', '-w', path.join(gitDir, 'upload'))},${file}`)
  }
  const commit = await git('commit-tree', await git('write-tree'), '-m', 'Push')
  await git('update-ref', 'refs/heads/main', commit)
  return commit
}
const beside = (base: string): Record<string, string> => Object.fromEntries(Object.entries(skeleton).map(([file, text]) => [`${base}skeleton/${file}`, text]))
const completed = async (): Promise<unknown[]> => {
  const { items } = await call('GET', '/api/v1/events?type=platform.creation.completed&limit=50')
  return (items as { data: unknown }[]).map((event) => event.data)
}

it.skipIf(!existsSync(CORPUS))(
  'a public template in a repository of a foreign host is registered, run, and what it made is there and in the catalog',
  async () => {
    const secrets = `git-hosts/${name.replace(':', '-')}`
    await pushFiles(platform, admin, 'fairway/organisation', {
      'git-hosts/forge.yaml': `apiVersion: fairway.dev/v1\nkind: GitHost\nmetadata: { name: forge }\nspec: { type: github, url: ${forge.url}, organisations: [acme], credential: ${secrets}/token }\n`,
    })
    await eventually('the host', async () => (await platform.administrator.call('gitHosts.list', {})).items.find((host) => host.name === name))
    expect((await runFairway(['git-hosts', 'token', 'forge'], { FAIRWAY_DATA: platform.dataDir }, `${forge.token}\n`)).code).toBe(0)
    const template = await readFile(CORPUS, 'utf8')
    const commit = await pushToForge('templates', {
      'scaffolder-templates/docs-template/template.yaml': template,
      ...beside('scaffolder-templates/docs-template/'),
    })
    await register(`${forge.url}/acme/templates/blob/main/scaffolder-templates/docs-template/template.yaml`)
    await run('docs-template', { name: 'handbook', description: 'How we work', owner: 'group:default/platform', repoUrl: `${name}?owner=acme&repo=handbook` })
    const made = forge.repositories.find('acme', 'handbook')
    expect(await forge.repositories.git(made?.gitDir ?? '', 'show', 'main:docs/index.md')).toBe('# handbook\n\nAt acme/handbook.')
    expect(await call('GET', '/api/v1/entities/component/default/handbook')).toMatchObject({ entity: { metadata: { description: 'How we work' } } })
    expect(await completed()).toContainEqual(
      expect.objectContaining({ template: 'template:default/docs-template', templateCommit: commit, templateSource: `${name}/acme/templates` }),
    )
  },
)

it('a template on a web server and one in a folder run, with all that is listed beside them', async () => {
  const { port } = web.address() as AddressInfo
  pages.set('t/template.yaml', own('from-web'))
  for (const [file, text] of Object.entries(beside('t/'))) pages.set(file, text)
  await register(`http://127.0.0.1:${port}/t/template.yaml`)
  await run('from-web', { name: 'web-made' })
  await mkdir(path.join(folder, 't/skeleton/docs'), { recursive: true })
  for (const [file, text] of Object.entries({ 't/template.yaml': own('from-folder'), ...beside('t/') })) await writeFile(path.join(folder, file), text)
  await register(path.join(folder, 't/template.yaml'))
  await run('from-folder', { name: 'folder-made' })
  for (const made of ['web-made', 'folder-made']) {
    const list = async (folder: string): Promise<string[]> => {
      const { items } = await call('GET', `/api/v1/repositories/acme/${made}/tree?ref=main&path=${folder}`)
      return (items as { path: string }[]).map((each) => each.path)
    }
    expect([await list(''), await list('docs')]).toEqual([['RAW.md', 'catalog-info.yaml', 'docs'], ['docs/index.md']])
  }
  const all = await completed()
  expect(all).toContainEqual(expect.objectContaining({ templateSource: `http://127.0.0.1:${port}/t` }))
  expect(all).toContainEqual(expect.objectContaining({ templateSource: path.join(folder, 't') }))
})
