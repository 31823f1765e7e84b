export type RangeName = '15m' | '1h' | '6h' | '24h' | '7d'

const minutes: Record<RangeName, number> = { '15m': 15, '1h': 60, '6h': 360, '24h': 1440, '7d': 10_080 }

export const rangeChoices = [
  { value: '15m', title: '15 min' },
  { value: '1h', title: '1 h' },
  { value: '6h', title: '6 h' },
  { value: '24h', title: '24 h' },
  { value: '7d', title: '7 days' },
] as const

/** The range that ends now, and the step that gives about 60 points. */
export function timeRange(range: RangeName, now: number): { from: string; to: string; stepSeconds: number } {
  const spanMs = minutes[range] * 60_000
  return { from: new Date(now - spanMs).toISOString(), to: new Date(now).toISOString(), stepSeconds: Math.max(10, (minutes[range] * 60) / 60) }
}
