/** Times that a cron expression names, in UTC: minute, hour, day, month, day of the week. */
export interface Cron {
  /** As it was written. */
  text: string
  minutes: readonly number[]
  hours: readonly number[]
  days: ReadonlySet<number>
  months: ReadonlySet<number>
  weekdays: ReadonlySet<number>
  /** Both days are restricted: then either is enough, as in every cron since the first. */
  isEitherDay: boolean
}

const FIELDS = [
  { name: 'minute', least: 0, most: 59, names: [] },
  { name: 'hour', least: 0, most: 23, names: [] },
  { name: 'day', least: 1, most: 31, names: [] },
  { name: 'month', least: 1, most: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of the week', least: 0, most: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const
const SHORT: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}
const DAY_MS = 86_400_000
/** From one 29 February to the next there are eight years at most. */
const SEARCH_DAYS = 8 * 366

/** Reads a cron expression of five fields (POSIX crontab, with steps, names and `@daily` as Vixie cron has them). What is wrong is told with its field. */
export function parseCron(text: string): { cron: Cron; problem?: undefined } | { cron?: undefined; problem: string } {
  const written = SHORT[text.trim().toLowerCase()] ?? text.trim()
  const parts = written.split(/\s+/)
  if (parts.length !== FIELDS.length)
    return { problem: `"${text}" is no cron expression: write minute, hour, day, month and day of the week, such as "30 6 * * mon-fri"` }
  const sets: Set<number>[] = []
  for (const [index, field] of FIELDS.entries()) {
    const values = readField(parts[index] ?? '', field)
    if (typeof values === 'string') return { problem: `"${text}": ${values}` }
    sets.push(values)
  }
  const [minutes, hours, days, months, weekdays] = sets as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>]
  const cron: Cron = {
    text,
    minutes: [...minutes].sort((a, b) => a - b),
    hours: [...hours].sort((a, b) => a - b),
    days,
    months,
    weekdays: new Set([...weekdays].map((day) => day % 7)),
    isEitherDay: !(parts[2] ?? '').startsWith('*') && !(parts[4] ?? '').startsWith('*'),
  }
  if (nextTime(cron, new Date(0)) === undefined) return { problem: `"${text}" never comes: no such month has such a day` }
  return { cron }
}

/** The first time after an instant; undefined when there is none, which `parseCron` lets through for no expression. */
export function nextTime(cron: Cron, after: Date): Date | undefined {
  const first = dayOf(after)
  for (let ahead = 0; ahead <= SEARCH_DAYS; ahead++) {
    const day = first + ahead * DAY_MS
    if (isDay(cron, day))
      for (const hour of cron.hours)
        for (const minute of cron.minutes) if (timeOf(day, hour, minute) > after.getTime()) return new Date(timeOf(day, hour, minute))
  }
  return undefined
}

/** The last time up to and with an instant. */
export function latestTime(cron: Cron, upTo: Date): Date | undefined {
  const last = dayOf(upTo)
  for (let back = 0; back <= SEARCH_DAYS; back++) {
    const day = last - back * DAY_MS
    if (isDay(cron, day))
      for (const hour of cron.hours.toReversed())
        for (const minute of cron.minutes.toReversed()) if (timeOf(day, hour, minute) <= upTo.getTime()) return new Date(timeOf(day, hour, minute))
  }
  return undefined
}

function readField(text: string, field: (typeof FIELDS)[number]): Set<number> | string {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/i.exec(part)
    if (!match) return `"${part}" is no ${field.name}`
    const [, from, to, step] = match
    const least = from === undefined ? field.least : numberOf(from, field)
    // `5/10` is from 5 on, every ten; `5` alone is 5.
    const most = to !== undefined ? numberOf(to, field) : from === undefined || step !== undefined ? (field.name === 'day of the week' ? 6 : field.most) : least
    if (least === undefined || most === undefined || least < field.least || most > field.most)
      return `a ${field.name} is ${field.least} to ${field.most}, not "${part}"`
    if (least > most) return `"${part}" ends before it begins`
    if (step === '0') return `"${part}" has a step of 0`
    for (let value = least; value <= most; value += Number(step ?? 1)) values.add(value)
  }
  return values
}

function numberOf(text: string, field: (typeof FIELDS)[number]): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const index = (field.names as readonly string[]).indexOf(text.toLowerCase())
  return index === -1 ? undefined : index + (field.name === 'month' ? 1 : 0)
}

function isDay(cron: Cron, dayMs: number): boolean {
  const date = new Date(dayMs)
  if (!cron.months.has(date.getUTCMonth() + 1)) return false
  const [isDate, isWeekday] = [cron.days.has(date.getUTCDate()), cron.weekdays.has(date.getUTCDay())]
  return cron.isEitherDay ? isDate || isWeekday : isDate && isWeekday
}

function dayOf(instant: Date): number {
  return Math.floor(instant.getTime() / DAY_MS) * DAY_MS
}

function timeOf(dayMs: number, hour: number, minute: number): number {
  return dayMs + (hour * 60 + minute) * 60_000
}
