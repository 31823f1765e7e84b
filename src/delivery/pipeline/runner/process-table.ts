import { bootId, environmentOf, isRunning, killGroup, listPids, readProcess, type ProcessIdentity } from '#kernel/node/process'

/** Marks every process of a job, also those that leave their group: GitHub's own name for it. */
export const TRACKING_VARIABLE = 'RUNNER_TRACKING_ID'

/** A process group by its leader. */
export interface GroupRecord extends ProcessIdentity {
  /** A start may be counted from the boot, so it says nothing in another. */
  boot: string
}

/** What is written down of a group, so that a later platform finds it. */
export function recordOf(pid: number): GroupRecord {
  return { pid, start: readProcess(pid)?.start ?? '', boot: bootId() }
}

/** Kills a recorded process group, when its leader is still the same process. Of members that outlived their leader see `killTracked`. */
export function killRecordedGroup(record: GroupRecord): boolean {
  if (record.boot !== bootId() || !isRunning(record)) return false
  return killGroup(record.pid, 'SIGKILL')
}

/** Kills every process that carries `trackingId` in its environment, whatever group it moved to; needs `/proc`. @returns how many. */
export function killTracked(trackingId: string): number {
  const mark = `${TRACKING_VARIABLE}=${trackingId}\0`
  let count = 0
  for (const pid of listPids()) {
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
