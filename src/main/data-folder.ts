import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { faults } from '#kernel/common/fault'
import { isRunning, readProcess } from '#kernel/node/process'

const dataFolderFaults = faults('main.data_folder', {
  in_use: {
    status: 409,
    title: 'Data folder in use',
    retry: 'no',
    detail: (d: { dataDir: string; url: string; pid: number }) =>
      `a platform already runs on ${d.dataDir} at ${d.url} (process ${d.pid}): stop it, or set FAIRWAY_DATA, FAIRWAY_PORT and FAIRWAY_INGRESS_PORT for a second one`,
  },
  not_writable: {
    status: 422,
    title: 'Data folder not writable',
    retry: 'no',
    detail: (d: { dataDir: string; what: string }) =>
      `the data folder ${d.dataDir} can't be written: ${d.what}; make room or set FAIRWAY_DATA to another folder`,
  },
})

interface Occupant {
  pid: number
  /** Tells the process from a later one with its pid. */
  start: string
  url: string
  ingressUrl: string
}

/**
 * Makes the data folder, for this user alone, before anything writes there.
 * @throws `main.data_folder.not_writable`.
 */
export function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw dataFolderFaults.not_writable({ dataDir, what: reasonOf(error) }, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const known: Record<string, string> = {
    ENOTDIR: 'a part of its path is a file',
    EEXIST: 'there is a file of that name',
    EACCES: 'this user may not',
    EPERM: 'this user may not',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
  }
  return known[code] ?? code
}

/**
 * Takes the data folder for this process: one platform a folder. What a killed platform left is taken over.
 * @throws `main.data_folder.in_use`, `main.data_folder.not_writable`.
 */
export function claimDataFolder(dataDir: string): { publish(addresses: { url: string; ingressUrl: string }): void } & Disposable {
  const file = path.join(dataDir, 'platform.json')
  try {
    makeDataFolder(dataDir)
    const found = readOccupant(file)
    if (found && found.pid !== process.pid && isRunning(found)) throw dataFolderFaults.in_use({ dataDir, url: found.url, pid: found.pid })
    write(file, { url: '', ingressUrl: '' })
  } catch (error) {
    if (error instanceof Error && error.name === 'Fault') throw error
    throw dataFolderFaults.not_writable({ dataDir, what: reasonOf(error) }, { cause: error })
  }
  return {
    publish: (addresses) => write(file, addresses),
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  }
}

function write(file: string, addresses: { url: string; ingressUrl: string }): void {
  const occupant: Occupant = { pid: process.pid, start: readProcess(process.pid)?.start ?? '', ...addresses }
  writeFileSync(file, `${JSON.stringify(occupant)}\n`, { mode: 0o600 })
}

function readOccupant(file: string): Occupant | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Occupant
  } catch {
    return undefined
  }
}
