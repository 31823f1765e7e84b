import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createClient, type Client, type Operations } from '#contract'
import type { PlatformProcess } from './platform-process.ts'

const run = promisify(execFile)

export type ChangeAnswer = Operations['changes.get']['output']
export type ReleaseAnswer = Operations['releases.get']['output']

const ENDED = new Set(['done', 'rolled_back', 'failed', 'rejected', 'denied', 'expired', 'cancelled'])

/** A client that acts as a person of the starter organisation. */
export async function personClient(platform: Pick<PlatformProcess, 'administrator' | 'url'>, ref: string): Promise<{ client: Client; token: string }> {
  const { token } = await platform.administrator.call('tokens.create', { body: { name: 'test', subject: ref, scopes: ['*'], ttlSeconds: 3_600 } })
  return { client: createClient({ baseUrl: platform.url, token }), token }
}

/** Asks until `ask` gives something. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, budgetMs = 120_000): Promise<T> {
  const deadline = Date.now() + budgetMs
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${budgetMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Waits until the starter organisation is loaded. */
export async function organisationLoaded(administrator: Client): Promise<void> {
  await eventually('the organisation', async () => {
    const environments = await administrator.call('environments.list', {})
    const templates = await administrator.call('templates.list', {})
    return environments.items.length >= 3 && templates.items.length > 0 ? true : undefined
  })
}

/** Waits for the end of a change, or for one of `states`. */
export async function changeEnd(client: Client, id: string, states: ReadonlySet<string> = ENDED): Promise<ChangeAnswer> {
  return await eventually(`the end of ${id}`, async () => {
    const change = await client.call('changes.get', { params: { id } })
    return states.has(change.state) || ENDED.has(change.state) ? change : undefined
  })
}

/** Creates a service from the golden path, and waits for the release of its first commit. */
export async function createService(client: Client, name: string): Promise<ReleaseAnswer> {
  const values = { name, owner: 'group:default/payments', description: 'For a test' }
  const change = await changeEnd(
    client,
    (await client.call('creations.create', { body: { template: 'template:default/node-service-postgres', values } }, { idempotencyKey: `test:${name}` })).id,
  )
  if (change.state !== 'done') throw new Error(`${name} was not created: ${change.result?.message}`)
  return await releaseOf(client, name, 1)
}

/** Waits for the release with this version. */
export async function releaseOf(client: Client, component: string, version: number): Promise<ReleaseAnswer> {
  return await eventually(
    `release ${version} of ${component}`,
    async () => (await client.call('releases.list', { query: { component, limit: 50 } })).items.find((release) => release.version === version),
    300_000,
  )
}

/** Clones, edits one file, pushes. @returns the commit. */
export async function pushEdit(
  platform: Pick<PlatformProcess, 'url'>,
  token: string,
  component: string,
  file: string,
  edit: (text: string) => string,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairway-edit-'))
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], { cwd: folder })).stdout.trim()
  try {
    await git('clone', '-q', `${platform.url.replace('://', `://git:${token}@`)}/git/acme/${component}.git`, '.')
    await writeFile(path.join(folder, file), edit(await readFile(path.join(folder, file), 'utf8')))
    await git('commit', '-q', '-am', `Edit ${file}`)
    await git('push', '-q', 'origin', 'HEAD')
    return await git('rev-parse', 'HEAD')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
