import { environmentOf, listPids, readProcess, type ProcessIdentity } from '#kernel/node/process'

/** Names of the marks in a replica's environment, by which it is known again. */
export const INSTANCE_MARK = 'FAIRWAY_INSTANCE'
/** Name of the mark that says to which data folder a replica belongs. */
export const OWNER_MARK = 'FAIRWAY_INSTANCE_OF'

/** The leader of each process group that carries our marks with this owner, by instance id; none where environments can't be seen. */
export function findMarked(owner: string): Map<string, ProcessIdentity> {
  const found = new Map<string, ProcessIdentity>()
  // The text is read byte by byte, as the system gives it.
  const mark = Buffer.from(`${OWNER_MARK}=${owner}\0`).toString('latin1')
  for (const pid of listPids()) {
    const environment = environmentOf(pid)
    if (!environment?.includes(mark)) continue
    const instance = new RegExp(`(?:^|\\0)${INSTANCE_MARK}=([^\\0]+)`).exec(environment)?.[1]
    const process = readProcess(pid)
    if (instance === undefined || !process) continue
    // A child whose leader has gone stands for its group, so that the group is found and ended too.
    if (process.group === process.pid || !found.has(instance))
      found.set(instance, { pid: process.group, start: process.group === process.pid ? process.start : '' })
  }
  return found
}
