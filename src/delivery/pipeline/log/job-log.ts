import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '#kernel/common/clock'
import { INDEX_EVERY, INDEX_ENTRY_BYTES, indexFileOf } from './log-index.ts'
import type { LogSignal } from './log-signal.ts'

/** A log ends here, with a line that says so. */
const MAX_LOG_BYTES = 100 * 1024 * 1024
const FLUSH_AFTER_MS = 20
const FLUSH_AT_LENGTH = 64 * 1024
const MAX_PENDING_LENGTH = 1024 * 1024

/** Appends numbered lines with their time to a job's file. Masking is the caller's business: what comes here is written. */
export class JobLog implements AsyncDisposable {
  readonly file: string
  readonly #clock: Clock
  readonly #signal: LogSignal
  readonly #data: FileHandle
  readonly #index: FileHandle
  readonly #limitBytes: number
  #sizeBytes: number
  #nextLine: number
  #pending = ''
  #pendingIndex: number[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #failure: unknown
  #isFull = false

  private constructor(options: JobLogOptions, data: FileHandle, index: FileHandle, end: { sizeBytes: number; lines: number }) {
    this.file = options.file
    this.#clock = options.clock
    this.#signal = options.signal
    this.#limitBytes = options.limitBytes ?? MAX_LOG_BYTES
    this.#data = data
    this.#index = index
    this.#sizeBytes = end.sizeBytes
    this.#nextLine = end.lines + 1
    this.#isFull = end.sizeBytes >= this.#limitBytes
  }

  /** Opens a log to go on behind its last whole line: a line that a crash cut off is dropped, and the index is made good. */
  static async open(options: JobLogOptions): Promise<JobLog> {
    await mkdir(path.dirname(options.file), { recursive: true })
    const end = await mend(options.file)
    return new JobLog(options, await open(options.file, 'a'), await open(indexFileOf(options.file), 'a'), end)
  }

  /** Number of the line that is written next; the first is 1. */
  get nextLine(): number {
    return this.#nextLine
  }

  /** Adds one line. Line ends in it become lines of their own. */
  write(text: string): void {
    if (this.#isFull) return
    for (const line of text.split('\n')) this.#append(line)
  }

  #append(line: string): void {
    const entry = `${this.#clock.now().toISOString()} ${line}\n`
    const lengthBytes = Buffer.byteLength(entry)
    if (this.#sizeBytes + lengthBytes > this.#limitBytes) {
      this.#isFull = true
      this.#push(
        `${this.#clock.now().toISOString()} ##[warning]This log is larger than ${Math.round(this.#limitBytes / 1024 / 1024)} MB; what follows is not kept.\n`,
      )
      return
    }
    this.#push(entry, lengthBytes)
  }

  #push(entry: string, lengthBytes: number = Buffer.byteLength(entry)): void {
    if ((this.#nextLine - 1) % INDEX_EVERY === 0) this.#pendingIndex.push(this.#sizeBytes)
    this.#pending += entry
    this.#sizeBytes += lengthBytes
    this.#nextLine++
    if (this.#pending.length >= FLUSH_AT_LENGTH) void this.flush()
    else this.#timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS)
  }

  /** Resolves when there is room: a step that prints faster than the disk takes has to wait. */
  async room(): Promise<void> {
    if (this.#pending.length > MAX_PENDING_LENGTH) await this.flush()
  }

  /** Writes what is pending. @throws what an earlier write threw. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const text = this.#pending
    const offsets = this.#pendingIndex
    this.#pending = ''
    this.#pendingIndex = []
    if (text !== '') {
      this.#writing = this.#writing
        .then(async () => {
          await this.#data.appendFile(text)
          if (offsets.length > 0) await this.#index.appendFile(encodeOffsets(offsets))
          this.#signal.raise(this.file)
        })
        .catch((error: unknown) => {
          this.#failure ??= error
        })
    }
    await this.#writing
  }

  /** @throws when a line could not be written, e.g. on a full disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
    await this.#data.datasync().catch(() => {})
    await this.#data.close()
    await this.#index.close()
    this.#signal.raise(this.file)
    if (this.#failure !== undefined) throw this.#failure as Error
  }
}

/** Where a job's log goes. At `limitBytes` (default 100 MiB) it ends with a line that says so. */
export interface JobLogOptions {
  file: string
  clock: Clock
  signal: LogSignal
  limitBytes?: number
}

function encodeOffsets(offsets: readonly number[]): Buffer {
  const buffer = Buffer.alloc(offsets.length * INDEX_ENTRY_BYTES)
  offsets.forEach((offset, position) => buffer.writeUIntLE(offset, position * INDEX_ENTRY_BYTES, INDEX_ENTRY_BYTES))
  return buffer
}

/** Rare (only after a crash, or a new attempt), so it reads the file once from its start. */
async function mend(file: string): Promise<{ sizeBytes: number; lines: number }> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0))
  const sizeBytes = bytes.lastIndexOf(10) + 1
  if (sizeBytes < bytes.length) await truncate(file, sizeBytes)
  const offsets: number[] = []
  let lines = 0
  for (let from = 0; from < sizeBytes; lines++) {
    if (lines % INDEX_EVERY === 0) offsets.push(from)
    from = bytes.indexOf(10, from) + 1
  }
  const index = await open(indexFileOf(file), 'w')
  await index.writeFile(encodeOffsets(offsets))
  await index.close()
  return { sizeBytes, lines }
}
