import { watch, type FSWatcher } from 'node:fs'
import type { Clock } from '#kernel/common/clock'
import { startLoop } from '#kernel/node/lifecycle'
import type { Logger } from '#kernel/node/log'
import { globBase, isGlob } from './glob.ts'
import type { LocationReading } from './location-reading.ts'
import type { LocationStore } from './location-store.ts'
import { nextReadingMs } from './next-reading.ts'

/** How often a process looks for locations that others made due. */
const LOOK_MS = 5_000
const AT_ONCE = 4
/** A save is several events; they count as one. */
const QUIET_MS = 50

/** What the schedule works with. */
export interface LocationScheduleDeps {
  store: LocationStore
  reading: LocationReading
  clock: Clock
  log: Logger
}

/** Reads locations when they are due, and folders when something in them changes. */
export interface LocationSchedule extends AsyncDisposable {
  /** Looks now instead of at the next round. */
  wake(): void
}

/** Starts reading what is due, beginning with what was due when the last process ended. Several processes share the work. */
export function startLocationSchedule(deps: LocationScheduleDeps): LocationSchedule {
  const { store, reading, clock, log } = deps
  const running = new Map<string, Promise<void>>()
  const watches = new FolderWatches({ ...deps, wake: () => loop.wake() })
  const readOne = async (id: string): Promise<void> => {
    try {
      const report = await reading.read(id, { actor: 'system:fairway' }, { wait: false })
      if (report === undefined) return // another process is at it
    } catch (error) {
      const location = await store.find(id).catch(() => undefined)
      log.error('a location could not be read and is tried again', { error })
      if (!location) return
      const attempts = location.attempts + 1
      const waitMs = nextReadingMs({ kind: location.kind, isAway: true, attempts, random: Math.random() })
      await store.markFailed(id, 'an unexpected failure; the log has it', attempts, new Date(clock.now().getTime() + waitMs))
    }
    loop.wake()
  }
  const loop = startLoop({
    name: 'reading locations',
    intervalMs: LOOK_MS,
    log,
    work: async (signal) => {
      await watches.sync()
      const due = await store.listDue(clock.now(), AT_ONCE + running.size)
      for (const id of due) {
        if (signal.aborted || running.size >= AT_ONCE) break
        if (running.has(id)) continue
        running.set(
          id,
          readOne(id)
            .catch((error: unknown) => log.error('a location could not be read', { error }))
            .finally(() => running.delete(id)),
        )
      }
    },
  })
  return {
    wake: () => loop.wake(),
    [Symbol.asyncDispose]: async () => {
      await loop[Symbol.asyncDispose]()
      watches.close()
      await Promise.all(running.values())
    },
  }
}

/** One watch a folder location. Where the system can't watch, the schedule's interval is what remains. */
class FolderWatches {
  readonly #deps: LocationScheduleDeps & { wake: () => void }
  readonly #watches = new Map<string, { watcher: FSWatcher | undefined; timer: NodeJS.Timeout | undefined }>()

  constructor(deps: LocationScheduleDeps & { wake: () => void }) {
    this.#deps = deps
  }

  async sync(): Promise<void> {
    const wanted = await this.#deps.store.listFolders()
    for (const [key, { watcher }] of this.#watches) {
      if (wanted.some((location) => keyOf(location) === key)) continue
      watcher?.close()
      this.#watches.delete(key)
    }
    for (const location of wanted) if (!this.#watches.has(keyOf(location))) this.#open(location)
  }

  close(): void {
    for (const { watcher, timer } of this.#watches.values()) {
      clearTimeout(timer)
      watcher?.close()
    }
    this.#watches.clear()
  }

  #open(location: { id: string; target: string }): void {
    const path = location.target.replace(/^file:(?:\/\/)?/, '')
    const folder = isGlob(path) ? `/${globBase(path.slice(1))}` : path
    const entry: { watcher: FSWatcher | undefined; timer: NodeJS.Timeout | undefined } = { watcher: undefined, timer: undefined }
    const changed = (): void => {
      entry.timer ??= setTimeout(() => {
        entry.timer = undefined
        this.#deps.store
          .makeDue(location.id, this.#deps.clock.now())
          .then(() => this.#deps.wake())
          .catch((error: unknown) => this.#deps.log.warn('a folder changed, but its location could not be made due', { error }))
      }, QUIET_MS)
    }
    try {
      entry.watcher = watch(folder, { recursive: true, persistent: false }, changed)
      entry.watcher.on('error', (error) => this.#deps.log.warn(`${folder} is watched no more; it is read at intervals`, { error }))
    } catch (error) {
      this.#deps.log.warn(`${folder} can not be watched; it is read at intervals`, { error })
    }
    this.#watches.set(keyOf(location), entry)
  }
}

function keyOf(location: { id: string; target: string }): string {
  return `${location.id} ${location.target}`
}
