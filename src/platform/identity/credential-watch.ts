import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Caller } from '#kernel/node/http'
import { findEnd } from './identity-store.ts'

/** A watcher looks again at least this often, so that an end which nobody told of is found too. */
const LOOK_AGAIN_MS = 60_000
const RETRY_MS = 2_000

/** Ends what lives on a credential (a stream, a terminal) when that is revoked or expires. */
export class CredentialWatch {
  readonly #deps: { db: Database; clock: Clock }
  readonly #watchers = new Map<string, Set<() => void>>()

  constructor(deps: { db: Database; clock: Clock }) {
    this.#deps = deps
  }

  /** Calls `onEnd` once, when the caller's credential ends; at once if it has ended already. The platform's own caller never ends. */
  watch(caller: Caller, onEnd: () => void): Disposable {
    const id = caller.credentialId
    if (id === undefined) return { [Symbol.dispose]: () => {} }
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const dispose = (): void => {
      isOver = true
      clearTimeout(timer)
      const watchers = this.#watchers.get(id)
      watchers?.delete(end)
      if (watchers?.size === 0) this.#watchers.delete(id)
    }
    const end = (): void => {
      if (isOver) return
      dispose()
      onEnd()
    }
    const look = async (): Promise<void> => {
      const endsAt = await findEnd(this.#deps.db, id)
      const leftMs = endsAt === null ? LOOK_AGAIN_MS : (endsAt?.getTime() ?? 0) - this.#deps.clock.now().getTime()
      if (leftMs <= 0) return end()
      lookIn(Math.min(leftMs, LOOK_AGAIN_MS))
    }
    const lookIn = (delayMs: number): void => {
      if (isOver) return
      timer = setTimeout(() => void look().catch(() => lookIn(RETRY_MS)), delayMs)
      timer.unref()
    }
    this.#watchers.set(id, (this.#watchers.get(id) ?? new Set()).add(end))
    lookIn(0)
    return { [Symbol.dispose]: dispose }
  }

  /** Ends everything that lives on this credential, now. */
  end(credentialId: string): void {
    for (const end of this.#watchers.get(credentialId) ?? []) end()
  }
}
