/**
 * For chaos tests: a function that kills this very process, as a power cut would, at the point that `FAIRWAY_CHAOS` names.
 * Undefined without the setting, so that the product carries no such check.
 */
export function chaosPoint(wanted: string | undefined): ((name: string) => void) | undefined {
  if (wanted === undefined) return undefined
  return (name) => {
    if (name === wanted) process.kill(process.pid, 'SIGKILL')
  }
}
