import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createClient, type Client } from '#contract'
import { CliError } from './exit.ts'

/** Where the CLI looks for a platform and a credential; main fills it from the settings. */
export interface ConnectionSources {
  /** `FAIRWAY_URL` and `FAIRWAY_TOKEN`. */
  url: string | undefined
  token: string | undefined
  /** Data folder of a platform on this machine: it holds `platform.json` and, for its administrator, `admin.token`. */
  dataDir: string
  /** Holds `login.json` after `fairway login`. */
  configDir: string
}

/** Where the credential came from, for `whoami` and `doctor`. */
type ConnectionKind = 'environment' | 'local' | 'login'

export interface Connection {
  client: Client
  url: string
  kind: ConnectionKind
}

/**
 * Finds the platform: first the environment, then the platform of this checkout, then the saved login.
 * @throws CliError that says how to get one.
 */
export async function connect(sources: ConnectionSources): Promise<Connection> {
  const found = (await fromEnvironment(sources)) ?? (await fromDataDir(sources)) ?? (await fromLogin(sources))
  if (!found) throw new CliError('no platform found: start one with `npm start`, or set FAIRWAY_URL and FAIRWAY_TOKEN, or use `fairway login`')
  return { client: createClient({ baseUrl: found.url, token: found.token }), url: found.url, kind: found.kind }
}

interface Found {
  url: string
  token: string
  kind: ConnectionKind
}

async function fromEnvironment(sources: ConnectionSources): Promise<Found | undefined> {
  if (sources.token === undefined) return undefined
  const url = sources.url ?? (await localUrl(sources))
  if (url === undefined) throw new CliError('FAIRWAY_TOKEN is set, but FAIRWAY_URL is not, and no platform runs on this data folder')
  return { url: trimmed(url), token: sources.token, kind: 'environment' }
}

async function fromDataDir(sources: ConnectionSources): Promise<Found | undefined> {
  const token = await readIfThere(path.join(sources.dataDir, 'admin.token'))
  const url = sources.url ?? (await localUrl(sources))
  return token === undefined || url === undefined ? undefined : { url: trimmed(url), token: token.trim(), kind: 'local' }
}

async function fromLogin(sources: ConnectionSources): Promise<Found | undefined> {
  const text = await readIfThere(loginFile(sources))
  if (text === undefined) return undefined
  const { url, token } = JSON.parse(text) as { url: string; token: string }
  return sources.url === undefined || trimmed(sources.url) === url ? { url, token, kind: 'login' } : undefined
}

/** Saves a login, readable by this user alone. */
export async function saveLogin(sources: ConnectionSources, login: { url: string; token: string }): Promise<string> {
  await mkdir(sources.configDir, { recursive: true, mode: 0o700 })
  await writeFile(loginFile(sources), `${JSON.stringify(login)}\n`, { mode: 0o600 })
  return loginFile(sources)
}

/** Forgets the saved login. */
export async function forgetLogin(sources: ConnectionSources): Promise<void> {
  await rm(loginFile(sources), { force: true })
}

function loginFile(sources: ConnectionSources): string {
  return path.join(sources.configDir, 'login.json')
}

async function localUrl(sources: ConnectionSources): Promise<string | undefined> {
  const text = await readIfThere(path.join(sources.dataDir, 'platform.json'))
  return text === undefined ? undefined : (JSON.parse(text) as { url: string }).url
}

async function readIfThere(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '')
}
