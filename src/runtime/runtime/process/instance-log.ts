import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, statSync, truncateSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import type { LogLine } from '../runtime.ts'
import { splitLines } from './line-splitter.ts'
import { formatRecord, offsetsOf, parseRecords, type LogRecord } from './log-record.ts'

type Stream = LogLine['stream']
const STREAMS: readonly Stream[] = ['stdout', 'stderr']
const READ_BYTES = 256 * 1024
const BUSY_FACTOR = 64

/** When files are cut. `spoolBytes`: a spool that was read to its end and has been silent; `logBytes`: the log, of which one older part is kept. */
export interface LogLimits {
  spoolBytes: number
  logBytes: number
}

/** When files are cut unless tests say otherwise: 1 MiB of spool, 4 MiB of log. */
export const logLimits: LogLimits = { spoolBytes: 1024 * 1024, logBytes: 4 * 1024 * 1024 }

/**
 * The output of one replica. The replica writes to two spool files (`<instance>.stdout`, `.stderr`), which need nobody to read them, so that it
 * outlives the platform. `drain` moves finished lines, masked and with their time, to `<instance>.log`. Line and read offset are one write, so that
 * after a crash of the platform reading goes on where it was: no line is lost or doubled.
 *
 * A spool that was read to its end is emptied when it is over its limit. What a replica writes in the microseconds between the last look at
 * the size and the emptying is lost: the price of copy and truncate, known from logrotate. So it is emptied when the replica has just been silent,
 * and while it writes without a pause only at `BUSY_FACTOR` times the limit.
 */
export class InstanceLog {
  readonly #base: string
  readonly #instance: string
  readonly #limits: LogLimits
  readonly #mask: (text: string) => string
  readonly #onLine: (line: LogLine) => void
  readonly #offsets: Record<Stream, number>
  readonly #now: () => Date
  #draining: Promise<void> = Promise.resolve()
  /** A drain that has not begun yet: it will see whatever was written until then. */
  #waiting: Promise<void> | undefined
  #fd: number
  #sizeBytes: number

  constructor(options: {
    folder: string
    instance: string
    mask: (text: string) => string
    onLine: (line: LogLine) => void
    now: () => Date
    limits?: LogLimits
  }) {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    this.#base = path.join(options.folder, options.instance)
    this.#instance = options.instance
    this.#limits = options.limits ?? logLimits
    this.#mask = options.mask
    this.#onLine = options.onLine
    this.#now = options.now
    cutTornEnd(`${this.#base}.log`)
    const recent = readRecords(`${this.#base}.log`)
    this.#offsets = offsetsOf(recent.length > 0 ? recent : readRecords(`${this.#base}.log.1`))
    this.#fd = openSync(`${this.#base}.log`, 'a', 0o600)
    this.#sizeBytes = fstatSync(this.#fd).size
  }

  /** Files for a replica to write to. The caller closes them once the replica has them. */
  openSpools(): Record<Stream, number> {
    return { stdout: openSync(`${this.#base}.stdout`, 'a', 0o600), stderr: openSync(`${this.#base}.stderr`, 'a', 0o600) }
  }

  /** Reads what is new. `isEnd`: the replica has ended, so that a last line without its end is whole. One at a time; those that wait are one. */
  drain(isEnd = false): Promise<void> {
    if (this.#waiting && !isEnd) return this.#waiting
    const drained = this.#draining
      .catch(() => {})
      .then(async () => {
        if (this.#waiting === drained) this.#waiting = undefined
        for (const stream of STREAMS) await this.#drainStream(stream, isEnd)
      })
    this.#draining = drained
    this.#waiting = drained
    return drained
  }

  async close(): Promise<void> {
    await this.#draining.catch(() => {})
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }

  /** The cause of an end in the replica's own words: its last error line, else its last words on stderr. */
  lastWords(): string | undefined {
    const said = readRecords(`${this.#base}.log`)
      .filter((record) => record.stream === 'stderr' && record.text !== undefined)
      .slice(-50)
      .map((record) => (record.text ?? '').trim())
      .filter((text) => text !== '' && !/^(at |\^+$|Node\.js v|[{}]|\S+:\d+$)/.test(text))
    return (said.findLast((text) => /^(Uncaught )?\w*(Error|Exception)\b/.test(text)) ?? said.at(-1))?.slice(0, 300)
  }

  async #drainStream(stream: Stream, isEnd: boolean): Promise<void> {
    const file = `${this.#base}.${stream}`
    const handle = await open(file, 'r+').catch(() => undefined)
    if (!handle) return
    try {
      if (this.#fd < 0) return
      const size = (await handle.stat()).size
      if (size < this.#offsets[stream]) this.#offsets[stream] = 0 // emptied, but the platform ended before it took note
      const isSilent = size === this.#offsets[stream]
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, Math.max(0, size - this.#offsets[stream])))
      for (;;) {
        const start = this.#offsets[stream]
        const { bytesRead } = buffer.length === 0 ? { bytesRead: 0 } : await handle.read(buffer, 0, buffer.length, start)
        if (bytesRead === 0) break
        const lines = splitLines(buffer.subarray(0, bytesRead), start, isEnd && start + bytesRead >= size)
        if (lines.length === 0) break
        this.#record(
          stream,
          lines.map((line) => ({ at: this.#now().toISOString(), stream, end: line.end, text: this.#mask(line.text) })),
        )
      }
      this.#emptySpool(stream, handle.fd, isSilent ? this.#limits.spoolBytes : this.#limits.spoolBytes * BUSY_FACTOR)
    } finally {
      await handle.close()
    }
  }

  /** What could not be written, e.g. to a full disk, counts as not read: the next look reads it again. */
  #record(stream: Stream, records: readonly LogRecord[]): void {
    this.#append(records)
    this.#offsets[stream] = records.at(-1)?.end ?? this.#offsets[stream]
    for (const record of records) {
      if (record.text !== undefined) this.#onLine({ at: record.at, instance: this.#instance, stream: record.stream, line: record.text })
    }
    if (this.#sizeBytes > this.#limits.logBytes) this.#rotate()
  }

  #append(records: readonly LogRecord[]): void {
    const bytes = Buffer.from(records.map(formatRecord).join(''))
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written)
    } catch (error) {
      ftruncateSync(this.#fd, this.#sizeBytes) // half an entry would spoil the next one
      throw error
    }
    this.#sizeBytes += bytes.length
  }

  #emptySpool(stream: Stream, fd: number, limitBytes: number): void {
    const size = fstatSync(fd).size
    if (size !== this.#offsets[stream] || size <= limitBytes) return
    ftruncateSync(fd, 0)
    this.#offsets[stream] = 0
    this.#append([{ at: this.#now().toISOString(), stream, end: 0 }])
  }

  /** The new file begins with the offsets, so that it alone says where reading goes on. */
  #rotate(): void {
    closeSync(this.#fd)
    renameSync(`${this.#base}.log`, `${this.#base}.log.1`)
    this.#fd = openSync(`${this.#base}.log`, 'a', 0o600)
    this.#sizeBytes = 0
    const at = this.#now().toISOString()
    this.#append(STREAMS.map((stream) => ({ at, stream, end: this.#offsets[stream] })))
  }
}

/** The last `count` lines of a replica's log, oldest first. */
export function readLastLines(folder: string, instance: string, count: number): LogLine[] {
  const base = path.join(folder, instance)
  const lines = (file: string): LogLine[] =>
    readRecords(file).flatMap((record) => (record.text === undefined ? [] : [{ at: record.at, instance, stream: record.stream, line: record.text }]))
  const recent = lines(`${base}.log`)
  const all = recent.length >= count ? recent : [...lines(`${base}.log.1`), ...recent]
  return count === 0 ? [] : all.slice(-count)
}

function readRecords(file: string): LogRecord[] {
  try {
    return parseRecords(readFileSync(file, 'utf8'))
  } catch {
    return []
  }
}

/** Removes the half of a record that was being written when the platform was killed. */
function cutTornEnd(file: string): void {
  try {
    if (statSync(file).size === 0) return
    const bytes = readFileSync(file)
    const end = bytes.lastIndexOf(10) + 1
    if (end < bytes.length) truncateSync(file, end)
  } catch {
    // there is no log yet
  }
}
