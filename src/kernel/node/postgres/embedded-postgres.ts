import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { faults } from '#kernel/common/fault'
import type { Logger } from '#kernel/node/log'
import { asUnprivileged, findPostgresBinaries, findPostmaster, socketDirectory } from './postgres-files.ts'

const postgresFaults = faults('kernel.postgres', {
  not_started: {
    status: 503,
    title: 'PostgreSQL did not start',
    retry: 'no',
    detail: (d: { what: string; logFile: string }) => `the embedded PostgreSQL did not start: ${d.what}; its log is ${d.logFile}`,
  },
})

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connection string of the superuser for a database, over a socket that only this user can reach. Has a password: never log it. */
  urlOf(database: string): string
  pid(): number
}

const READY_BUDGET_MS = 60_000
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '32MB',
  // Each process counts on a small machine: no workers for reads, none for logical replication.
  io_method: 'sync',
  max_logical_replication_workers: '0',
  // A small team's machine: background work wakes seldom.
  max_wal_size: '512MB',
  autovacuum_naptime: '60s',
  log_min_messages: 'warning',
}

/**
 * Runs PostgreSQL 18 below `dataDir` (`pg18/`, `postgres.log`, `postgres.password`), and starts it again when it dies.
 * Safe to call on a folder whose postmaster survived a crash of ours: it is taken over. A kill during the first start leaves no half cluster.
 * Disposing stops it by a fast shutdown.
 * @throws `kernel.postgres.not_started`.
 */
export async function startEmbeddedPostgres(options: { dataDir: string; log: Logger }): Promise<EmbeddedPostgres> {
  const dataDir = path.resolve(options.dataDir)
  const clusterDir = path.join(dataDir, 'pg18')
  const logFile = path.join(dataDir, 'postgres.log')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const binaries = findPostgresBinaries()
  const password = readOrCreatePassword(path.join(dataDir, 'postgres.password'))
  if (!existsSync(path.join(clusterDir, 'PG_VERSION'))) await initialise(binaries, clusterDir, path.join(dataDir, 'postgres.password'), logFile)
  const sockets = socketDirectory(dataDir)

  let isStopping = false
  let current = await ensureRunning()

  async function ensureRunning(): Promise<number> {
    const found = findPostmaster(clusterDir)
    if (found?.isReady) return found.pid
    if (!found) rmSync(path.join(clusterDir, 'postmaster.pid'), { force: true })
    const exit = found ? undefined : launch(binaries, clusterDir, sockets, logFile)
    const deadline = Date.now() + READY_BUDGET_MS
    while (Date.now() < deadline) {
      const postmaster = findPostmaster(clusterDir)
      if (postmaster?.isReady) return postmaster.pid
      if (exit?.code !== undefined && !postmaster) throw postgresFaults.not_started({ what: `it exited with ${exit.code}`, logFile })
      await sleep(5)
    }
    throw postgresFaults.not_started({ what: `it was not ready after ${READY_BUDGET_MS / 1000} s`, logFile })
  }

  const watch = setInterval(() => {
    if (isStopping || findPostmaster(clusterDir)) return
    options.log.warn('PostgreSQL is gone; starting it again', { pid: current })
    isStopping = true
    ensureRunning()
      .then((pid) => {
        current = pid
        options.log.info('PostgreSQL is back', { pid })
      })
      .catch((error: unknown) => options.log.error('PostgreSQL does not start', { error }))
      .finally(() => {
        isStopping = false
      })
  }, 500)
  watch.unref()

  return {
    urlOf: (database) => `postgresql://postgres:${password}@localhost:5432/${encodeURIComponent(database)}?host=${encodeURIComponent(sockets)}`,
    pid: () => current,
    [Symbol.asyncDispose]: async () => {
      isStopping = true
      clearInterval(watch)
      await stop(clusterDir)
    },
  }
}

function readOrCreatePassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    return readFileSync(file, 'utf8').trim()
  }
}

async function initialise(binaries: string, clusterDir: string, passwordFile: string, logFile: string): Promise<void> {
  // Into a folder of its own, then renamed: a cluster is there whole, or not at all.
  const staged = `${clusterDir}.init-${process.pid}`
  rmSync(staged, { recursive: true, force: true })
  mkdirSync(staged, { mode: 0o700 })
  const args = [
    '-D',
    staged,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]
  const [command, wrapped] = asUnprivileged(path.join(binaries, 'bin', 'initdb'), args)
  const output = openSync(logFile, 'a', 0o600)
  const code = await new Promise<number | string>((resolve, reject) => {
    const child = spawn(command, wrapped, { cwd: '/', env: environment(), stdio: ['ignore', output, output] })
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'unknown'))
  }).finally(() => closeSync(output))
  if (code !== 0) throw postgresFaults.not_started({ what: `initdb exited with ${code}`, logFile })
  try {
    renameSync(staged, clusterDir)
  } catch {
    rmSync(staged, { recursive: true, force: true }) // another process of ours was faster; its cluster serves
  }
}

function launch(binaries: string, clusterDir: string, sockets: string, logFile: string): { code?: number | string } {
  const flags = Object.entries({ ...SETTINGS, unix_socket_directories: sockets }).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const [command, args] = asUnprivileged(path.join(binaries, 'bin', 'postgres'), ['-D', clusterDir, ...flags])
  const output = openSync(logFile, 'a', 0o600)
  const exit: { code?: number | string } = {}
  // Detached: a Ctrl-C in the terminal must reach us first, not the database; and workloads keep it when we crash.
  const child = spawn(command, args, { cwd: '/', env: environment(), stdio: ['ignore', output, output], detached: true })
  child.on('error', (error) => (exit.code = error.message))
  child.on('exit', (code, signal) => (exit.code = code ?? signal ?? 'unknown'))
  child.unref()
  closeSync(output)
  return exit
}

async function stop(clusterDir: string): Promise<void> {
  // Fast, then immediate; never SIGKILL, which leaves shared memory behind.
  for (const [signal, budgetMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    const postmaster = findPostmaster(clusterDir)
    if (!postmaster) return
    process.kill(postmaster.pid, signal)
    const deadline = Date.now() + budgetMs
    while (findPostmaster(clusterDir) && Date.now() < deadline) await sleep(5)
  }
}

function environment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}
