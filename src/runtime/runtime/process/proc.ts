import { readdirSync, readFileSync } from 'node:fs'

/** Names of the marks in a replica's environment, by which it is known again. */
export const INSTANCE_MARK = 'FAIRWAY_INSTANCE'
export const OWNER_MARK = 'FAIRWAY_INSTANCE_OF'

/** A process, told apart from a later one with the same pid by its start time (clock ticks since boot, proc(5) field 22). */
export interface ProcessIdentity {
  pid: number
  start: string
}

/** What `/proc/<pid>/stat` says, or undefined when there is no such process or it has ended (state Z or X). */
export function readProcess(pid: number): (ProcessIdentity & { parent: number; group: number }) | undefined {
  const text = read(`/proc/${pid}/stat`)
  // The program's name stands in parentheses and may itself have some: fields count from the last one.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  if (!fields || fields[0] === 'Z' || fields[0] === 'X') return undefined
  return { pid, parent: Number(fields[1]), group: Number(fields[2]), start: fields[19] ?? '' }
}

export function isRunning(identity: ProcessIdentity): boolean {
  return readProcess(identity.pid)?.start === identity.start
}

/** Memory in use by a process and its descendants, in bytes. */
export function residentBytes(pid: number): number {
  const own = Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024
  const children = (read(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter((child) => child !== '')
  return children.reduce((sum, child) => sum + residentBytes(Number(child)), own)
}

/** The leader of each process group that carries our marks with this owner, by instance id. */
export function findMarked(owner: string): Map<string, ProcessIdentity> {
  const found = new Map<string, ProcessIdentity>()
  for (const name of listProcesses()) {
    const environment = read(`/proc/${name}/environ`)
    if (!environment?.includes(`${OWNER_MARK}=${owner}\0`)) continue
    const instance = new RegExp(`(?:^|\\0)${INSTANCE_MARK}=([^\\0]+)`).exec(environment)?.[1]
    const process = readProcess(Number(name))
    if (instance === undefined || !process) continue
    // A child whose leader has gone stands for its group, so that the group is found and ended too.
    if (process.group === process.pid || !found.has(instance))
      found.set(instance, { pid: process.group, start: process.group === process.pid ? process.start : '' })
  }
  return found
}

function listProcesses(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return [] // no /proc here: nothing can be adopted
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}
