import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { childEnvironment } from '#kernel/node/config'

const run = promisify(execFile)

/** A running Gitea with an administrator's token. */
export interface GiteaProcess extends AsyncDisposable {
  /** E.g. `http://127.0.0.1:41234`. */
  url: string
  token: string
  version: string
  /** Calls its API as the administrator. @throws when the answer is no success. */
  api(method: string, path: string, body?: unknown): Promise<unknown>
}

/** Starts the real Gitea in a folder and a database of its own, on a free port; ready in some ten seconds. */
export async function startGitea(options: { file: string; adminUrl: string }): Promise<GiteaProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gitea-'))
  const database = `gitea_${path.basename(folder).slice(-6).toLowerCase()}`
  await admin(options.adminUrl, `create database ${database}`)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const config = path.join(folder, 'app.ini')
  await writeFile(config, settingsOf({ folder, port, url, database, adminUrl: options.adminUrl }), { mode: 0o600 })
  const env = { ...childEnvironment(), HOME: folder, GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: 'true' }
  const gitea = async (...args: string[]): Promise<string> => (await run(options.file, [...args, '-c', config], { env, cwd: folder })).stdout
  await gitea('migrate')
  await gitea(
    'admin',
    'user',
    'create',
    '--admin',
    '--username',
    'root1',
    '--password',
    'test-Passw0rd',
    '--email',
    'root1@example.test',
    '--must-change-password=false',
  )
  const token =
    (await gitea('admin', 'user', 'generate-access-token', '--username', 'root1', '--token-name', 'test', '--scopes', 'all', '--raw'))
      .trim()
      .split('\n')
      .at(-1) ?? ''
  const child = spawn(options.file, ['web', '-c', config], { env, cwd: folder, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill('SIGTERM')
    await ended
    await admin(options.adminUrl, `drop database if exists ${database} with (force)`)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilHealthy(url, child)
    const api: GiteaProcess['api'] = async (method, target, body) => {
      const response = await fetch(`${url}/api/v1${target}`, {
        method,
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${target} answered ${response.status}: ${text.slice(0, 300)}`)
      return text === '' ? undefined : (JSON.parse(text) as unknown)
    }
    const { version } = (await api('GET', '/version')) as { version: string }
    return { url, token, version, api, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function untilHealthy(url: string, child: { exitCode: number | null }): Promise<void> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const isHealthy = await fetch(`${url}/api/healthz`).then(
      (response) => response.ok,
      () => false,
    )
    if (isHealthy) return
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`Gitea did not start (${child.exitCode ?? 'no answer'})`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** https://docs.gitea.com/administration/config-cheat-sheet */
function settingsOf({ folder, port, url, database, adminUrl }: { folder: string; port: number; url: string; database: string; adminUrl: string }): string {
  const server = new URL(adminUrl)
  const host = server.searchParams.get('host') ?? server.hostname
  return `APP_NAME = Forge
RUN_MODE = prod
RUN_USER = ${userInfo().username}
WORK_PATH = ${folder}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = ${url}/
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = postgres
HOST = ${host}
NAME = ${database}
USER = ${decodeURIComponent(server.username)}
PASSWD = ${decodeURIComponent(server.password)}
SSL_MODE = disable
[security]
INSTALL_LOCK = true
SECRET_KEY = for-tests-only
PASSWORD_HASH_ALGO = pbkdf2_v2
[service]
DISABLE_REGISTRATION = true
[webhook]
ALLOWED_HOST_LIST = loopback,private
[actions]
ENABLED = false
[repository]
DEFAULT_BRANCH = main
[cron.update_checker]
ENABLED = false
[log]
MODE = file
LEVEL = Warn
`
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
