import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process, told apart from a later one with the same pid by its start: opaque, the same as long as it lives. */
export interface ProcessIdentity {
  pid: number
  start: string
}

/** What the system's process table says of a process. */
export interface ProcessFacts extends ProcessIdentity {
  parent: number
  /** Pid of its group's leader. */
  group: number
  /** Of its program, e.g. `postgres`; may be cut, or be a path. */
  name: string
}

/** Whether the environment and memory of processes can be looked at here: Linux, by proc(5). Elsewhere there is only ps(1). */
export const hasProc: boolean = existsSync('/proc/self/stat')

/** The process with this pid; undefined when there is none or it has ended (a zombie counts as none). Where there is no `/proc`, ps(1) is asked, which takes some milliseconds. */
export function readProcess(pid: number): ProcessFacts | undefined {
  return hasProc ? readProcessByProc(pid) : readProcessByPs(pid)
}

/** Whether this very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return readProcess(identity.pid)?.start === identity.start
}

/** The same until the machine is started again; `unknown` where the system does not tell. */
export function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id')?.trim().slice(0, 8) ?? 'unknown'
}

/** Pids of all processes; none where there is no `/proc`. */
export function listPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

/** The environment that a process was started with, `NAME=value` each ended by a NUL; undefined when it can't be seen. */
export function environmentOf(pid: number): string | undefined {
  return read(`/proc/${pid}/environ`)
}

/** Memory in use by a process and its descendants, in bytes; 0 where it can't be seen. */
export function residentBytes(pid: number): number {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((child) => child !== '')
  return children.reduce((sum, child) => sum + residentBytes(Number(child)), own)
}

function readProcessByProc(pid: number): ProcessFacts | undefined {
  const text = read(`/proc/${pid}/stat`)
  if (text === undefined) return undefined
  // proc(5): the program's name stands in brackets and may itself have some, so the fields are counted from the last one.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { pid, parent: Number(fields[1]), group: Number(fields[2]), start: fields[19] ?? '', name: text.slice(text.indexOf('(') + 1, end) }
}

/** As `readProcess`, by ps(1) as POSIX and macOS have it. The start is a time of the clock, to the second. */
export function readProcessByPs(pid: number): ProcessFacts | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  let line: string
  try {
    const args = ['-o', 'ppid=,pgid=,state=,lstart=,comm=', '-p', String(pid)]
    line = execFileSync('ps', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C', TZ: 'UTC' },
      timeout: 5_000,
    })
  } catch {
    return undefined // ps ends with 1 when there is no such process
  }
  const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\w+\s+\w+\s+\w+\s+[\d:]+\s+\d+)\s+(.*?)\s*$/.exec(line)
  if (!match || match[3]?.startsWith('Z')) return undefined
  return { pid, parent: Number(match[1]), group: Number(match[2]), start: (match[4] ?? '').replaceAll(/\s+/g, ' '), name: match[5] ?? '' }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}
