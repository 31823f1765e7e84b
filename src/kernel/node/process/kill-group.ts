/** Signals a whole process group by its leader's pid. @returns false when nobody of it is left (or it is not ours). */
export function killGroup(leaderPid: number, signal: NodeJS.Signals): boolean {
  // A pid of 0 or 1 would mean our own group, or everybody.
  if (!Number.isInteger(leaderPid) || leaderPid <= 1) return false
  try {
    return process.kill(-leaderPid, signal)
  } catch {
    return false
  }
}
