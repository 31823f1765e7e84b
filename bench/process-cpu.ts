import { readFileSync } from 'node:fs'

/**
 * CPU time that processes have used, in milliseconds: `utime`, `stime` and those of ended children, of /proc/PID/stat (proc_pid_stat(5)).
 * The kernel counts in hundredths of a second. Linux only; one that is gone counts nothing.
 */
export function cpuMsOf(pids: readonly number[]): number {
  let sumMs = 0
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      sumMs += [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) * 10
    } catch {
      // Ended in between: its parent has its time from here on.
    }
  }
  return sumMs
}
