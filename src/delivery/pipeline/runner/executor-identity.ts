import { hostname } from 'node:os'
import { newId } from '#kernel/common/id'
import { bootId, readProcess } from '#kernel/node/process'

/** Names an executor among all that ever were: host, boot, pid, start of the process, and its own id, e.g. `box/5f1c03aa/4711/123456/exe_01k…`. */
export function executorIdentity(): string {
  return [hostname(), bootId(), process.pid, readProcess(process.pid)?.start ?? '', newId('exe')].join('/')
}

/**
 * True when `executor` was a process of this machine that is gone, so that nobody need wait for its lease. One of another machine, or of whose start
 * nothing is known, is never judged.
 */
export function isKnownDead(executor: string): boolean {
  const [host, boot, pid, start] = executor.split('/')
  if (host !== hostname() || start === undefined || start === '') return false
  if (boot !== bootId()) return true
  return readProcess(Number(pid))?.start !== start
}
