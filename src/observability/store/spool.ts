import { mkdir, open, readdir, readFile, rm, stat, truncate, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { newId } from '#kernel/common/id'

/** A file that has grown to this is closed, so that taking over after a crash reads little at a time. */
const SEGMENT_BYTES = 8 * 1024 * 1024

/** A sealed file of the spool. Its `id` never comes twice. */
export interface SpoolSegment {
  id: string
  file: string
  sizeBytes: number
}

/**
 * Append-only files that hold what was accepted and is not stored yet. Lines that are written at the same moment share one `fdatasync`
 * (group commit); `append` resolves after it. One owner at a time.
 */
export class Spool {
  readonly #directory: string
  #active: { id: string; file: string; handle: FileHandle; sizeBytes: number } | undefined
  #sealed: SpoolSegment[] = []
  #waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = []
  #turn: Promise<void> = Promise.resolve()
  #pendingBytes = 0
  #isFlushing = false

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Bytes that are accepted and not stored yet. */
  get pendingBytes(): number {
    return this.#pendingBytes
  }

  /** Takes over what an earlier process left: every line up to the first that is torn. A torn one was never acknowledged. */
  async recover(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith('.ndjson')).sort()
    for (const name of names) {
      const file = path.join(this.#directory, name)
      const goodBytes = await cutTornTail(file)
      if (goodBytes === 0) await rm(file, { force: true })
      else this.#addSealed({ id: path.basename(name, '.ndjson'), file, sizeBytes: goodBytes })
    }
  }

  /** Appends whole lines, each with its line feed. Durable when it resolves. */
  append(text: string): Promise<void> {
    if (text === '') return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject })
      if (this.#isFlushing) return
      this.#isFlushing = true
      void this.#inTurn(() => this.#flush())
    })
  }

  /** Closes the active file and gives all closed ones, oldest first. Lines appended before are in them. */
  async seal(): Promise<readonly SpoolSegment[]> {
    await this.#inTurn(() => this.#close())
    return [...this.#sealed]
  }

  /** Removes a segment whose rows are stored. */
  async remove(segment: SpoolSegment): Promise<void> {
    await rm(segment.file, { force: true })
    if (!this.#sealed.some((other) => other.id === segment.id)) return
    this.#sealed = this.#sealed.filter((other) => other.id !== segment.id)
    this.#pendingBytes -= segment.sizeBytes
  }

  #addSealed(segment: SpoolSegment): void {
    this.#sealed.push(segment)
    this.#pendingBytes += segment.sizeBytes
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        const active = (this.#active ??= await this.#openActive())
        const bytes = Buffer.from(group.map((entry) => entry.text).join(''))
        await active.handle.appendFile(bytes)
        await active.handle.datasync()
        active.sizeBytes += bytes.byteLength
        this.#pendingBytes += bytes.byteLength
        for (const entry of group) entry.resolve()
        if (active.sizeBytes >= SEGMENT_BYTES) await this.#close()
      } catch (error) {
        // What is behind the last good line must not be taken for accepted: the next append starts a new file.
        await this.#abandonActive()
        for (const entry of group) entry.reject(error)
      }
    }
    this.#isFlushing = false
  }

  async #close(): Promise<void> {
    const active = this.#active
    if (!active) return
    this.#active = undefined
    await active.handle.close()
    this.#sealed.push({ id: active.id, file: active.file, sizeBytes: active.sizeBytes })
  }

  async #abandonActive(): Promise<void> {
    const active = this.#active
    this.#active = undefined
    if (!active) return
    await active.handle.truncate(active.sizeBytes).catch(() => {})
    await active.handle.close().catch(() => {})
    if (active.sizeBytes > 0) this.#sealed.push({ id: active.id, file: active.file, sizeBytes: active.sizeBytes })
  }

  async #openActive(): Promise<{ id: string; file: string; handle: FileHandle; sizeBytes: number }> {
    const id = newId('seg')
    const file = path.join(this.#directory, `${id}.ndjson`)
    const handle = await open(file, 'ax', 0o600)
    const directory = await open(this.#directory, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
    return { id, file, handle, sizeBytes: 0 }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => {})
    return result
  }
}

async function cutTornTail(file: string): Promise<number> {
  const { size } = await stat(file)
  const bytes = await readFile(file)
  let good = 0
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, good)) {
    try {
      JSON.parse(bytes.toString('utf8', good, end))
    } catch {
      break
    }
    good = end + 1
  }
  if (good < size) await truncate(file, good)
  return good
}
