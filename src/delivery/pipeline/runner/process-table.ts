import { readdirSync, readFileSync } from 'node:fs'
import { killGroup } from '#kernel/node/process'

/** Marks every process of a job, also those that leave their group: GitHub's own name for it. */
export const TRACKING_VARIABLE = 'RUNNER_TRACKING_ID'

/**
 * When a process was started, in ticks since boot; with its pid it names a process for ever, since pids are used again.
 * Undefined when there is no such process (a zombie counts as none), or on a system without `/proc`.
 */
export function startTicksOf(pid: number): string | undefined {
  const fields = statOf(pid)
  return fields === undefined || fields.state === 'Z' ? undefined : fields.startTicks
}

/** Kills a recorded process group, when its leader is still the same process. Of members that outlived their leader see `killTracked`. */
export function killRecordedGroup(record: GroupRecord): boolean {
  if (record.boot !== bootId() || startTicksOf(record.pid) !== record.startTicks) return false
  return killGroup(record.pid, 'SIGKILL')
}

/** A process group by its leader. */
export interface GroupRecord {
  pid: number
  startTicks: string
  /** Ticks count from the boot, so they say nothing in another. */
  boot: string
}

export function recordOf(pid: number): GroupRecord {
  return { pid, startTicks: startTicksOf(pid) ?? '', boot: bootId() }
}

/** The same until the machine is started again. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8)
  } catch {
    return 'unknown'
  }
}

/** Kills every process that carries `trackingId` in its environment, whatever group it moved to. @returns how many. */
export function killTracked(trackingId: string): number {
  const mark = Buffer.from(`${TRACKING_VARIABLE}=${trackingId}\0`)
  let count = 0
  for (const pid of allPids()) {
    if (pid === process.pid || !environmentOf(pid)?.includes(mark)) continue
    try {
      process.kill(pid, 'SIGKILL')
      count++
    } catch {
      // It ended between the look and the kill.
    }
  }
  return count
}

function allPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
  } catch {
    return []
  }
}

function environmentOf(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`)
  } catch {
    return undefined
  }
}

/** proc(5): the program's name may hold blanks and brackets, so the fields are counted from the last bracket. */
function statOf(pid: number): { state: string; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', startTicks: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
