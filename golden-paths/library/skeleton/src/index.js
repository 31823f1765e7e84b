const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]
const PART = /(\d+(?:\.\d+)?)\s*(ms|[dhms])/y

export function parseDuration(text) {
  const source = text.trim()
  let total = 0
  let at = 0
  let last = -1
  while (at < source.length) {
    PART.lastIndex = at
    const match = PART.exec(source)
    const index = match ? UNITS.findIndex(([unit]) => unit === match[2]) : -1
    // Each unit once, the larger first: "1h 30m", never "30m 1h" or "1h 1h".
    if (!match || index <= last) throw new DurationError(text)
    total += Number(match[1]) * UNITS[index][1]
    last = index
    at = PART.lastIndex
    while (source[at] === ' ') at++
  }
  if (last === -1 || !Number.isFinite(total)) throw new DurationError(text)
  return total
}

export function formatDuration(ms, { parts = 2 } = {}) {
  if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`a duration is a number from 0 on, not ${ms}`)
  if (!Number.isInteger(parts) || parts < 1) throw new RangeError(`parts is a whole number from 1 on, not ${parts}`)
  const first = UNITS.findIndex(([, size]) => ms >= size)
  if (first === -1) return '0ms'
  // Rounded where it is cut off, so that 59.9 s is "1m" and not "60s".
  const smallest = UNITS[Math.min(first + parts, UNITS.length) - 1][1]
  let rest = Math.round(ms / smallest) * smallest
  const words = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count}${unit}`)
  }
  return words.join(' ')
}

export class DurationError extends Error {
  constructor(text) {
    super(`"${text}" is no duration: write it as "1h 30m", the larger unit first; units are d, h, m, s, ms`)
    this.name = 'DurationError'
    this.text = text
  }
}
