import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { childEnvironment } from '#kernel/node/config'
import { changeEnd, eventually, organisationLoaded, releaseOf, startPlatformProcess, type PlatformProcess } from '#harness'
import { pushFiles, pushTinyService } from '../harness/tiny-service.ts'

let dataDir: string
let platform: PlatformProcess
let admin: string

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-failures-'))
  platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
  await organisationLoaded(platform.administrator)
  admin = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
  await pushTinyService(platform, admin, 'orders')
  await releaseOf(platform.administrator, 'orders', 1)
})

afterAll(async () => {
  await platform?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})

/** A start that can't succeed: what it says and how it ends. */
async function failedStart(environment: Record<string, string>): Promise<{ code: number | null; stderr: string; seconds: number }> {
  const startedAt = performance.now()
  const own = await mkdtemp(path.join(tmpdir(), 'fairway-no-start-'))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main/start.ts', '--json', '--no-walk'], {
    env: { ...childEnvironment(), FAIRWAY_DATA: own, FAIRWAY_PORT: '0', FAIRWAY_INGRESS_PORT: '0', ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  expect(existsSync(path.join(own, 'platform.json'))).toBe(false)
  await rm(own, { recursive: true, force: true })
  return { code, stderr, seconds: (performance.now() - startedAt) / 1_000 }
}

async function taken(): Promise<{ port: string } & Disposable> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: String((server.address() as AddressInfo).port), [Symbol.dispose]: () => void server.close() }
}

describe('a start that can not succeed says why, and ends with 1', () => {
  it.each(['FAIRWAY_PORT', 'FAIRWAY_INGRESS_PORT'])('%s leads to a port that is taken', async (setting) => {
    using other = await taken()
    const { code, stderr, seconds } = await failedStart({ [setting]: other.port })
    expect(code).toBe(1)
    expect(stderr).toBe(`fairway: port ${other.port} on 127.0.0.1 is taken by another program: stop it, or set ${setting} to a free port\n`)
    expect(seconds).toBeLessThan(5)
  })

  it('the data folder is in use', async () => {
    const { code, stderr, seconds } = await failedStart({ FAIRWAY_DATA: dataDir })
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^fairway: a platform already runs on ${dataDir} at ${platform.url} .*FAIRWAY_DATA.*\\n$`))
    expect(seconds).toBeLessThan(5)
    expect((await fetch(`${platform.url}/readyz`)).status).toBe(200)
  })

  it('the data folder can not be made', async () => {
    const file = path.join(dataDir, 'a-file')
    await writeFile(file, '')
    for (const folder of [file, path.join(file, 'below')]) {
      const { code, stderr } = await failedStart({ FAIRWAY_DATA: folder })
      expect(code).toBe(1)
      expect(stderr).toMatch(/^fairway: the data folder \S+ can't be written: [\w ]+; make room or set FAIRWAY_DATA to another folder\n$/)
    }
  })

  it.each([
    { why: 'no server there', url: 'postgres://fairway:hunter2hunter2@127.0.0.1:9/fairway', place: '127.0.0.1:9/fairway' },
    { why: 'no such host', url: 'postgres://fairway:hunter2hunter2@absent.invalid/fairway', place: 'absent.invalid/fairway' },
  ])('DATABASE_URL: $why', async ({ url, place }) => {
    const { code, stderr } = await failedStart({ DATABASE_URL: url })
    expect(code).toBe(1)
    expect(stderr).toContain(`fairway: DATABASE_URL leads to ${place}, which can not be used: `)
    expect(stderr).not.toMatch(/hunter2|\n {4}at /)
  })

  it('settings are wrong: all of them, at once', async () => {
    const { code, stderr, seconds } = await failedStart({
      FAIRWAY_PORT: 'seven',
      FAIRWAY_INGRESS_PROT: '1',
      FAIRWAY_LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
    })
    expect(code).toBe(1)
    for (const name of ['FAIRWAY_PORT: give a port', 'FAIRWAY_INGRESS_PROT: unknown', 'FAIRWAY_LOG_LEVEL: ', 'DATABASE_URL: give postgresql://'])
      expect(stderr).toContain(name)
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(seconds).toBeLessThan(5)
  })
})

describe('two platforms', () => {
  it('live side by side on other ports and folders, and know nothing of each other', async () => {
    await using second = await startPlatformProcess({ flags: ['--no-walk'] })
    await organisationLoaded(second.administrator)
    expect(second.url).not.toBe(platform.url)
    expect(second.ingressUrl).not.toBe(platform.ingressUrl)
    for (const one of [platform, second]) expect((await fetch(`${one.url}/readyz`)).status).toBe(200)
    expect((await second.administrator.call('repositories.list', { query: { limit: 50 } })).items.map((one) => one.name)).not.toContain('orders')
    expect((await fetch(`${second.url}/api/v1/me`, { headers: { authorization: `Bearer ${admin}` } })).status).toBe(401)
  })
})

describe('a database that goes away', () => {
  it('is told as 503 while it is away; the change that was under way goes on when it is back', async () => {
    const { administrator } = platform
    const change = await administrator.call('deployments.create', { body: { component: 'orders', environment: 'dev' } })
    const postmaster = Number((await readFile(path.join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    const seen: { status: number; code: string; retryAfter: string | null }[] = []
    await eventually(
      'the database',
      async () => {
        const response = await fetch(`${platform.url}/api/v1/changes/${change.id}`, { headers: { authorization: `Bearer ${admin}` } })
        const { code = '' } = (await response.json()) as { code?: string }
        seen.push({ status: response.status, code, retryAfter: response.headers.get('retry-after') })
        return response.status === 200 && seen.some((one) => one.status !== 200) ? true : undefined
      },
      30_000,
    )
    const away = seen.filter((one) => one.status !== 200)
    expect(away.length).toBeGreaterThan(0)
    expect(new Set(away.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ status: 503, code: 'kernel.database.unavailable', retryAfter: '1' })]),
    )
    expect(await changeEnd(administrator, change.id)).toMatchObject({ state: 'done' })
    expect(await administrator.call('audit.verify', {})).toMatchObject({ isIntact: true })
    // What watches and listens has come back too.
    await pushFiles(platform, admin, 'acme/orders', { 'NOTES.md': 'after the outage\n' })
    await releaseOf(administrator, 'orders', 2)
  })
})

describe('a push that is cut off', () => {
  it('changes nothing, locks nothing, and the next one works', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'fairway-cut-'))
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...args], {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }).trim()
    git('clone', '-q', `${platform.url.replace('://', `://git:${admin}@`)}/git/acme/orders.git`, '.')
    const before = git('rev-parse', 'origin/main')
    await writeFile(path.join(folder, 'big.bin'), randomBytes(60_000_000))
    git('add', '-A')
    git('commit', '-q', '-m', 'Something big')
    const push = spawn('git', ['push', '-q', 'origin', 'HEAD:main'], { cwd: folder, detached: true, stdio: 'ignore' })
    const ended = new Promise<number | null>((resolve) => push.on('close', resolve))
    // The receiving side has begun to write once there is an incoming quarantine folder.
    await eventually(
      'the receiving side',
      async () => (execFileSync('find', [path.join(dataDir, 'git'), '-name', '*incoming-*']).length > 0 ? true : undefined),
      30_000,
    )
    process.kill(-(push.pid ?? 0), 'SIGKILL')
    expect(await ended).not.toBe(0)
    expect(git('ls-remote', 'origin', 'refs/heads/main').split('\t')[0]).toBe(before)
    git('reset', '-q', '--hard', before)
    await writeFile(path.join(folder, 'small.txt'), 'small\n')
    git('add', '-A')
    git('commit', '-q', '-m', 'Something small')
    git('push', '-q', 'origin', 'HEAD:main')
    expect(git('ls-remote', 'origin', 'refs/heads/main').split('\t')[0]).toBe(git('rev-parse', 'HEAD'))
    await rm(folder, { recursive: true, force: true })
  })
})

describe('kill -9 in the middle of a creation', () => {
  it('completes after the restart, each effect once', async () => {
    const values = { name: 'survivor', owner: 'group:default/payments' }
    const change = await platform.administrator.call('creations.create', { body: { template: 'template:default/node-service-postgres', values } })
    await eventually(
      'the first effect',
      async () => (existsSync(path.join(dataDir, 'git', 'acme', 'survivor.git')) || (await begun(change.id)) ? true : undefined),
      30_000,
    )
    platform.process.kill('SIGKILL')
    expect(await platform.ended).toBe('SIGKILL')
    platform = await startPlatformProcess({ dataDir, flags: ['--no-walk'] })
    expect(await changeEnd(platform.administrator, change.id)).toMatchObject({ state: 'done' })
    const { items } = await platform.administrator.call('repositories.commits', { params: { owner: 'acme', name: 'survivor' }, query: { limit: 10 } })
    expect(items).toHaveLength(1)
    expect(await platform.administrator.call('entities.get', { params: { kind: 'component', namespace: 'default', name: 'survivor' } })).toMatchObject({
      problems: [],
    })
    const again = platform.administrator.call('creations.create', { body: { template: 'template:default/node-service-postgres', values } })
    await expect(again).rejects.toMatchObject({ status: 409 })
    for (const run of (await platform.administrator.call('runs.list', { query: { repository: 'acme/survivor', limit: 10 } })).items)
      await platform.administrator.call('runs.cancel', { params: { id: run.id } }).catch(() => {})
  })

  async function begun(id: string): Promise<boolean> {
    const found = await platform.administrator.call('changes.get', { params: { id } })
    return found.steps.some((step) => step.state !== 'pending')
  }
})

describe('a full disk', () => {
  const mountReason = ((): string | undefined => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small file system can be mounted by root on Linux alone'
    const folder = path.join(tmpdir(), `fairway-mount-${process.pid}`)
    try {
      execFileSync('sh', ['-c', `mkdir -p ${folder} && mount -t tmpfs -o size=1m tmpfs ${folder} && umount ${folder} && rmdir ${folder}`], { stdio: 'ignore' })
      return undefined
    } catch {
      return 'a small file system can not be mounted here'
    }
  })()

  it.skipIf(mountReason !== undefined)(
    `is told as such, stops nothing, and work goes on when there is room again${mountReason === undefined ? '' : ` (${mountReason})`}`,
    async () => {
      const small = await mkdtemp(path.join(tmpdir(), 'fairway-full-'))
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=0755', 'tmpfs', small])
      try {
        await using full = await startPlatformProcess({ dataDir: path.join(small, 'data'), flags: ['--no-walk'] })
        await organisationLoaded(full.administrator)
        const token = (await readFile(path.join(full.dataDir, 'admin.token'), 'utf8')).trim()
        const blob = randomBytes(24_000_000)
        const upload = async (): Promise<Response> => {
          const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' }
          const begun = await fetch(`${full.url}/v2/acme/orders/blobs/uploads/`, { method: 'POST', headers })
          if (begun.status !== 202) return begun
          const address = new URL(begun.headers.get('location') ?? '', full.url)
          address.searchParams.set('digest', `sha256:${createHash('sha256').update(blob).digest('hex')}`)
          return await fetch(address, { method: 'PUT', headers, body: blob })
        }
        await mkdir(path.join(small, 'filler'))
        const free = Number(execFileSync('df', ['--output=avail', '-B1', small], { encoding: 'utf8' }).split('\n')[1])
        await writeFile(path.join(small, 'filler', 'file'), Buffer.alloc(free - 6_000_000))
        const refused = await upload()
        expect(refused.status).toBe(503)
        expect(await refused.text()).toContain('the disk is full')
        await expect(pushFiles(full, token, 'fairway/organisation', { 'big.bin': blob.toString('base64') })).rejects.toThrow(/disk|space|full/i)
        await expect.poll(async () => (await fetch(`${full.url}/readyz`)).status, { timeout: 20_000 }).toBe(200)
        await rm(path.join(small, 'filler'), { recursive: true })
        expect((await upload()).status).toBe(201)
        expect(await pushFiles(full, token, 'fairway/organisation', { 'notes.md': 'room again\n' })).toMatch(/^[0-9a-f]{40}$/)
        expect(await full.administrator.call('audit.verify', {})).toMatchObject({ isIntact: true })
      } finally {
        execFileSync('umount', ['-l', small])
        await rm(small, { recursive: true, force: true })
      }
    },
  )
})
