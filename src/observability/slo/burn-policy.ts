/** Warns when the error budget burns too fast over a long window and still does over a short one. */
export interface BurnPolicy {
  severity: 'page' | 'ticket'
  longMinutes: number
  /** A twelfth of the long window: the alarm ends soon after the burning does. */
  shortMinutes: number
  /** Times the rate that would use up the budget exactly at the end of the period. */
  threshold: number
}

/** Share of the budget that may burn within the long window: Google's SRE Workbook, chapter 5, table 5-8; the day's window is Sloth's. */
const SHARES = [
  { severity: 'page', longMinutes: 60, share: 0.02 },
  { severity: 'page', longMinutes: 360, share: 0.05 },
  { severity: 'ticket', longMinutes: 1_440, share: 0.1 },
  { severity: 'ticket', longMinutes: 4_320, share: 0.1 },
] as const

/**
 * The policies for a period: threshold = share × period / long window (14.4, 6, 3 and 1 for 30 days). Windows that are not shorter than the
 * period, and thresholds that could never be passed, are left out.
 */
export function defaultBurnPolicies(target: number, periodMinutes: number): BurnPolicy[] {
  return SHARES.filter(({ longMinutes }) => longMinutes < periodMinutes)
    .map(({ severity, longMinutes, share }) => ({
      severity,
      longMinutes,
      shortMinutes: longMinutes / 12,
      threshold: round((share * periodMinutes) / longMinutes),
    }))
    .filter((policy) => canFire(policy.threshold, target))
}

/** Even when everything fails the budget burns at no more than 1 / (1 - target): a threshold from there on never fires. */
export function canFire(threshold: number, target: number): boolean {
  return threshold < highestBurnRate(target)
}

/** The burn rate when every event is bad: the budget's inverse. */
export function highestBurnRate(target: number): number {
  return round(1 / (1 - target))
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
