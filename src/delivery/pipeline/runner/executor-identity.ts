import { hostname } from 'node:os'
import { newId } from '#kernel/common/id'
import { bootId, startTicksOf } from './process-table.ts'

/** Names an executor among all that ever were: host, boot, pid, start time of the process, and its own id, e.g. `box/5f1c03aa/4711/123456/exe_01k…`. */
export function executorIdentity(): string {
  return [hostname(), bootId(), process.pid, startTicksOf(process.pid) ?? Date.now(), newId('exe')].join('/')
}

/** True when `executor` was a process of this machine that is gone, so that nobody need wait for its lease. Others are never judged. */
export function isKnownDead(executor: string): boolean {
  const [host, boot, pid, startTicks] = executor.split('/')
  if (host !== hostname()) return false
  if (boot !== bootId()) return true
  return startTicksOf(Number(pid)) !== startTicks
}
