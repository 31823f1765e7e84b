import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runFairway, startPlatformProcess, type PlatformProcess } from '#harness'

const run = promisify(execFile)
let dataDir: string
let platform: PlatformProcess
let cli: (args: string[]) => ReturnType<typeof runFairway>

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-walk-'))
  platform = await startPlatformProcess({ dataDir })
  cli = (args) => runFairway(args, { FAIRWAY_DATA: dataDir })
})

afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

/** GET through the ingress, as a browser would ask. */
async function visit(host: string): Promise<{ status: number; version: string; body: string }> {
  const { port } = new URL(platform.ingressUrl)
  return await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { host: `${host}:${port}` } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, version: String(response.headers['fairway-version']), body }))
    })
      .on('error', reject)
      .end()
  })
}

describe('the first walk', () => {
  it('takes a service from a golden path to production, three versions long, though it is killed on the way', { timeout: 480_000 }, async () => {
    for (const step of ['create', 'pipeline-v1', 'deploy-v1-staging']) {
      await platform.lineWhere((line) => line['step'] === step && line['state'] === 'running', 180_000)
      platform.process.kill('SIGKILL')
      await platform.ended
      platform = await startPlatformProcess({ dataDir })
    }
    const last = await platform.lineWhere((line) => 'walk' in line || 'error' in line, 470_000)
    expect(last).not.toHaveProperty('error')
    const report = last['walk'] as {
      environments: { environment: string; version: string }[]
      stages: { version: string; stage: string; outcome: string; seconds: number }[]
      isComplete: boolean
    }
    expect(report.isComplete).toBe(true)
    expect(Object.fromEntries(report.environments.map((place) => [place.environment, place.version]))).toMatchObject({ production: '2' })
    expect(report.stages.find((stage) => stage.version === 'v3' && stage.stage === 'production')?.outcome).toBe('rolled back')
    expect(report.stages.every((stage) => stage.seconds > 0)).toBe(true)
  })

  it('did nothing twice', async () => {
    const { administrator } = platform
    const changes = await administrator.call('changes.list', { query: { limit: 100 } })
    expect(changes.items.map((change) => change.title).sort()).toEqual([...new Set(changes.items.map((change) => change.title))].sort())
    expect(changes.items).toHaveLength(1 + 3 * 3)
    expect((await administrator.call('releases.list', { query: { component: 'orders' } })).items).toHaveLength(3)
    expect((await administrator.call('repositories.commits', { params: { owner: 'acme', name: 'orders' }, query: {} })).items).toHaveLength(3)
    expect((await administrator.call('runs.list', { query: { repository: 'acme/orders' } })).items).toHaveLength(3)
  })

  it('serves version 2 in production, through the ingress, by both host names', async () => {
    for (const host of ['orders.production.localhost', 'orders.localhost']) expect(await visit(host)).toMatchObject({ status: 200, version: '2' })
  })

  it('quarantined the broken release, and will not deploy it again', async () => {
    const { stdout } = await cli(['get', 'releases', '-c', 'orders', '-o', 'json'])
    const broken = (JSON.parse(stdout) as { version: number; quarantine: { reason: string } | null }[]).find((release) => release.version === 3)
    expect(broken?.quarantine?.reason).toBeTruthy()
    const refused = await cli(['deploy', 'orders', '-e', 'production', '-r', '3'])
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/quarantine/)
  })

  it('answers what runs where, in a table and in JSON', async () => {
    const table = await cli(['status', 'orders'])
    expect(table.code).toBe(0)
    expect(table.stdout).toMatch(/orders\s+production\s+v2\s+healthy/)
    const json = await cli(['status', 'orders', '-o', 'json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ component: 'orders' })
  })

  it('lets plain git clone, push and pull with a token', async () => {
    const made = await cli(['token', 'create', '--ttl', '1h', '--scope', 'repository:*'])
    expect(made.code).toBe(0)
    const token = made.stdout.trim()
    const folder = await mkdtemp(path.join(tmpdir(), 'fairway-git-'))
    const address = `${platform.url.replace('://', `://git:${token}@`)}/git/acme/orders.git`
    const git = async (cwd: string, ...args: string[]): Promise<string> =>
      (await run('git', ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com', ...args], { cwd })).stdout.trim()
    await git(folder, 'clone', '-q', address, 'one')
    await git(folder, 'clone', '-q', '--depth', '1', address, 'two')
    await git(path.join(folder, 'one'), 'checkout', '-q', '-b', 'notes')
    await git(path.join(folder, 'one'), 'commit', '-q', '--allow-empty', '-m', 'A note')
    await git(path.join(folder, 'one'), 'push', '-q', 'origin', 'notes')
    await git(path.join(folder, 'two'), 'fetch', '-q', 'origin', 'notes')
    expect(await git(path.join(folder, 'two'), 'log', '-1', '--format=%s', 'FETCH_HEAD')).toBe('A note')
    await rm(folder, { recursive: true, force: true })
  })

  it('shows logs of the replicas', async () => {
    const { code, stdout } = await cli(['logs', 'orders', '-e', 'production', '--tail', '20'])
    expect(code).toBe(0)
    expect(stdout).not.toBe('')
  })

  it('says with exit codes: 2 for wrong usage, 4 for what is denied, 3 for what waits', async () => {
    expect((await cli(['deploy', 'orders'])).code).toBe(2)
    const { stdout } = await cli(['token', 'create', '--ttl', '1h', '--scope', 'catalog:read'])
    const narrow = await runFairway(['deploy', 'orders', '-e', 'dev'], { FAIRWAY_DATA: dataDir, FAIRWAY_TOKEN: stdout.trim(), FAIRWAY_URL: platform.url })
    expect(narrow.code).toBe(4)
    const waits = await cli(['rollback', 'orders', '-e', 'production', '--reason', 'to see it wait'])
    expect(waits.stderr + waits.stdout).toMatch(/approval/)
    expect(waits.code).toBe(3)
    const change = /chg_\w+/.exec(waits.stdout)?.[0] ?? ''
    expect((await cli(['cancel', change])).code).toBe(0)
  })

  it('keeps an unbroken log of it all, with no secret in any answer', async () => {
    const audit = await platform.administrator.call('audit.verify', {})
    expect(audit).toMatchObject({ isIntact: true })
    const masterKey = await readFile(path.join(dataDir, 'master.key'), 'utf8')
    for (const address of ['/api/v1/events?limit=200', '/api/v1/changes?limit=100', '/api/v1/resources', '/api/v1/secrets', '/metrics']) {
      const text = await (await platform.administrator.raw(address)).text()
      expect(text).not.toContain(masterKey.trim())
      expect(text).not.toMatch(/postgresql:\/\/[^"]*:[^"@]+@/)
    }
  })
})

describe('afterwards', () => {
  it('stops all of it on Ctrl-C, and a second start has everything running again', { timeout: 120_000 }, async () => {
    platform.process.kill('SIGINT')
    expect(await platform.ended).toBe(0)
    expect(await processesWithMarker(dataDir)).toEqual([])
    platform = await startPlatformProcess({ dataDir })
    await expect
      .poll(
        async () =>
          await visit('orders.localhost').then(
            (answer) => answer.version,
            () => '',
          ),
        { timeout: 20_000 },
      )
      .toBe('2')
  })

  it('goes on after kill -9: workloads never stop, and the next start takes them over', { timeout: 120_000 }, async () => {
    const before = await platform.administrator.call('workloads.list', { query: { component: 'orders', environment: 'production' } })
    platform.process.kill('SIGKILL')
    await platform.ended
    platform = await startPlatformProcess({ dataDir })
    await expect
      .poll(
        async () =>
          await visit('orders.localhost').then(
            (answer) => answer.status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200)
    const after = await platform.administrator.call('workloads.list', { query: { component: 'orders', environment: 'production' } })
    expect(after.items.flatMap((item) => item.instances.map((instance) => instance.pid))).toEqual(
      before.items.flatMap((item) => item.instances.map((instance) => instance.pid)),
    )
  })
})

/** Processes on this machine whose environment names the data folder: what a stop must not leave behind. */
async function processesWithMarker(marker: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (environment.includes(marker) || command.includes(marker)) found.push(`${pid} ${command.replaceAll('\0', ' ')}`)
  }
  return found
}
