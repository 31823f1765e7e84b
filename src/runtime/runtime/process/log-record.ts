import type { LogLine } from '../runtime.ts'

type Stream = LogLine['stream']

/** One entry of a replica's log file: a line of it, or (text absent) only how far a stream has been read. */
export interface LogRecord {
  at: string
  stream: Stream
  /** Offset in the stream's spool right after this line. */
  end: number
  text?: string
}

/** `2026-11-24T21:57:00.000Z<tab>o<tab>1234<tab>the line`; a capital letter and no text for an entry without a line. */
export function formatRecord(record: LogRecord): string {
  const letter = record.stream === 'stdout' ? 'o' : 'e'
  return `${record.at}\t${record.text === undefined ? letter.toUpperCase() : letter}\t${record.end}\t${record.text ?? ''}\n`
}

/** Entries of a file's text; a torn last one (the platform was killed while writing) is left out. */
export function parseRecords(text: string): LogRecord[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((row): LogRecord[] => {
      const match = /^(\S+)\t([oeOE])\t(\d+)\t([\s\S]*)$/.exec(row)
      if (!match) return []
      const letter = match[2] ?? ''
      const isLine = letter === letter.toLowerCase()
      return [
        { at: match[1] ?? '', stream: letter.toLowerCase() === 'o' ? 'stdout' : 'stderr', end: Number(match[3]), ...(isLine ? { text: match[4] ?? '' } : {}) },
      ]
    })
}

/** How far each stream was read when the last entry was written. */
export function offsetsOf(records: readonly LogRecord[]): Record<Stream, number> {
  return {
    stdout: records.findLast((record) => record.stream === 'stdout')?.end ?? 0,
    stderr: records.findLast((record) => record.stream === 'stderr')?.end ?? 0,
  }
}
