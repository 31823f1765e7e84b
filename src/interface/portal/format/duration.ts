/** `850ms`, `12s`, `1m 12s`, `2h 05m`, `3d 4h`. Input in milliseconds; a negative one counts as none. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs)
  if (ms < 1000) return `${Math.round(ms)}ms`
  const seconds = ms / 1000
  if (seconds < 10) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m ${two(whole % 60)}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h ${two(minutes % 60)}m`
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

/** The time between two instants as a duration, up to `now` when it is still going on; null before it began. */
export function durationBetween(startedAt: string | null, finishedAt: string | null, now: number): string | null {
  if (startedAt === null) return null
  return formatDuration((finishedAt === null ? now : Date.parse(finishedAt)) - Date.parse(startedAt))
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`, then the date. A time ahead reads `in 5 min`. */
export function formatAge(at: string, now: number): string {
  const seconds = Math.round((now - Date.parse(at)) / 1000)
  if (Number.isNaN(seconds)) return 'unknown'
  const size = Math.abs(seconds)
  if (size < 10) return 'just now'
  if (size > 30 * 86_400) return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
  const text = ageWords(size)
  return seconds < 0 ? `in ${text}` : `${text} ago`
}

/** `12 s`, `5 min`, `3 h`, `1 day`: the age without "ago", for tables. */
export function formatShortAge(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000))
  return Number.isNaN(seconds) ? 'unknown' : ageWords(seconds)
}

/** The exact instant for a tooltip: the reader's time zone, then UTC. */
export function formatExact(at: string): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return at
  const local = date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
  return `${local} · ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `14:20:05` in the reader's time zone. */
export function formatClock(at: string | number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

function ageWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h`
  const days = Math.round(seconds / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
