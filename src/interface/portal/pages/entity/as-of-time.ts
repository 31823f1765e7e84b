/** The instant that a date field means, in the reader's own time zone: the end of that minute. Undefined for none, or one to come. */
export function instantOf(local: string, now: number): string | undefined {
  const at = Date.parse(local)
  if (Number.isNaN(at) || at > now) return undefined
  return new Date(at).toISOString()
}

/** What a date field shows for an instant: `2026-11-25T02:09`, in the reader's own time zone. */
export function localOf(instant: string): string {
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return ''
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
