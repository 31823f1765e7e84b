import { open, type FileHandle } from 'node:fs/promises'
import { INDEX_ENTRY_BYTES, INDEX_EVERY, indexFileOf } from './log-index.ts'

/** One line of a log. ANSI colours stay in `text`. */
export interface LogLine {
  /** From 1. */
  n: number
  at: string
  text: string
  /** This line begins or ends a group that readers may fold; `text` is the group's title. */
  group?: 'start' | 'end'
  /** Written by the runner or by a workflow command; plain output has none. */
  level?: 'error' | 'warning' | 'notice' | 'debug' | 'command'
}

const PAGE_BYTES = 1024 * 1024

/** Up to `limit` whole lines from line `from` on. An absent file is an empty log. Reads at most about a megabyte. */
export async function readLog(file: string, from: number, limit: number): Promise<LogLine[]> {
  const data = await open(file, 'r').catch(() => undefined)
  if (!data) return []
  try {
    const start = await startOf(file, from)
    const lines: LogLine[] = []
    let number = start.line
    let rest: Buffer = Buffer.alloc(0)
    let offset = start.offset
    let keptBytes = 0
    while (lines.length < limit && keptBytes < PAGE_BYTES) {
      const chunk = await readAt(data, offset, 128 * 1024)
      if (chunk.length === 0) break
      offset += chunk.length
      rest = Buffer.concat([rest, chunk])
      let begin = 0
      for (let end = rest.indexOf(10); end !== -1 && lines.length < limit; end = rest.indexOf(10, begin)) {
        if (number >= from) {
          lines.push(parseLine(number, rest.toString('utf8', begin, end)))
          keptBytes += end - begin
        }
        number++
        begin = end + 1
      }
      rest = rest.subarray(begin)
    }
    return lines
  } finally {
    await data.close()
  }
}

async function startOf(file: string, from: number): Promise<{ line: number; offset: number }> {
  const index = await open(indexFileOf(file), 'r').catch(() => undefined)
  if (!index) return { line: 1, offset: 0 }
  try {
    const { size } = await index.stat()
    const entry = Math.min(Math.floor((from - 1) / INDEX_EVERY), Math.floor(size / INDEX_ENTRY_BYTES) - 1)
    if (entry <= 0) return { line: 1, offset: 0 }
    const bytes = await readAt(index, entry * INDEX_ENTRY_BYTES, INDEX_ENTRY_BYTES)
    return { line: entry * INDEX_EVERY + 1, offset: bytes.readUIntLE(0, INDEX_ENTRY_BYTES) }
  } finally {
    await index.close()
  }
}

async function readAt(handle: FileHandle, offset: number, lengthBytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offset)
  return buffer.subarray(0, bytesRead)
}

function parseLine(n: number, line: string): LogLine {
  const at = line.slice(0, 24)
  const text = line.slice(25)
  const mark = /^##\[(group|endgroup|error|warning|notice|debug|command)\]/.exec(text)
  if (!mark) return { n, at, text }
  const rest = text.slice(mark[0].length)
  if (mark[1] === 'group') return { n, at, text: rest, group: 'start' }
  if (mark[1] === 'endgroup') return { n, at, text: rest, group: 'end' }
  return { n, at, text: rest, level: mark[1] as NonNullable<LogLine['level']> }
}
