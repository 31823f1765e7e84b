/** Longest part of a line that is kept in one piece. */
export const LINE_LIMIT_BYTES = 64 * 1024

/** A line and the offset in the stream right after it. */
export interface SplitLine {
  text: string
  end: number
}

/**
 * Cuts bytes at offset `start` of a stream into lines. What follows the last line end is left for later, unless it is too long for one line
 * or `isEnd` says that nothing follows. Works on bytes, so that a character is never cut by a read (only by the limit). Pure.
 */
export function splitLines(bytes: Buffer, start: number, isEnd: boolean): SplitLine[] {
  const lines: SplitLine[] = []
  let from = 0
  while (from < bytes.length) {
    const newline = bytes.indexOf(10, from)
    const limit = from + LINE_LIMIT_BYTES
    const isTooLong = (newline === -1 ? bytes.length : newline) > limit
    if (newline === -1 && !isTooLong && !isEnd) break
    const to = isTooLong ? limit : newline === -1 ? bytes.length : newline
    const next = isTooLong || newline === -1 ? to : to + 1
    lines.push({ text: bytes.toString('utf8', from, to).replace(/\r$/, ''), end: start + next })
    from = next
  }
  return lines
}
