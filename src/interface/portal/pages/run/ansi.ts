import type { Tone } from '../../app/theme.ts'

/** A piece of a log line in one style. */
export interface AnsiPiece {
  text: string
  tone: Tone | null
  isBold: boolean
  isFaint: boolean
}

const tones: Record<number, Tone | null> = {
  30: 'grey',
  31: 'red',
  32: 'green',
  33: 'amber',
  34: 'blue',
  35: 'purple',
  36: 'blue',
  37: null,
  90: 'grey',
  91: 'red',
  92: 'green',
  93: 'amber',
  94: 'blue',
  95: 'purple',
  96: 'blue',
  97: null,
}

// oxlint-disable-next-line no-control-regex -- escape sequences are what this reads
const sequence = /\u001b\[([0-9;]*)([A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f]/g

/** Splits a line at its colour sequences (ECMA-48 SGR); other control sequences are dropped. Terminal colours become the portal's own. */
export function parseAnsi(line: string): AnsiPiece[] {
  const pieces: AnsiPiece[] = []
  let style = { tone: null as Tone | null, isBold: false, isFaint: false }
  let from = 0
  const push = (to: number): void => {
    if (to > from) pieces.push({ text: line.slice(from, to), ...style })
  }
  for (const match of line.matchAll(sequence)) {
    push(match.index)
    from = match.index + match[0].length
    if (match[2] === 'm') style = restyle(style, match[1] ?? '')
  }
  push(line.length)
  return pieces
}

/** The line without any control sequence, as search and download see it. */
export function stripAnsi(line: string): string {
  return line.replaceAll(sequence, '')
}

function restyle(style: Omit<AnsiPiece, 'text'>, codes: string): Omit<AnsiPiece, 'text'> {
  const numbers = codes === '' ? [0] : codes.split(';').map(Number)
  let next = { ...style }
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at] ?? 0
    if (code === 0) next = { tone: null, isBold: false, isFaint: false }
    else if (code === 1) next.isBold = true
    else if (code === 2) next.isFaint = true
    else if (code === 22) next = { ...next, isBold: false, isFaint: false }
    else if (code === 39) next.tone = null
    else if (code === 38 || code === 48) at += numbers[at + 1] === 5 ? 2 : 4
    else if (code in tones) next.tone = tones[code] ?? null
  }
  return next
}
