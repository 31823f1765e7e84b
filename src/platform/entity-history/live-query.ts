import type { Catalog, EntityPredicate } from '#platform/catalog'
import { historyFaults } from './history-faults.ts'

/** What a follower of a list hears. */
export type LiveMessage =
  | { event: 'state'; version: number; total: number }
  | { event: 'changed'; version: number; ref: string; change: 'added' | 'altered' | 'removed' | 'left' }

/** Entities of all lists that are followed, and followers: about 100 bytes an entity. */
const MAX_MEMBERS = 300_000
const MAX_FOLLOWERS = 1_000
const ANY: EntityPredicate = { kind: { $exists: true } }

interface LiveList {
  predicate: EntityPredicate
  members: Set<string>
  followers: Set<(message: LiveMessage) => void>
  isLoaded: boolean
}

/** How a commit changed what a list shows of one entity; undefined when it does not. Pure. */
export function changeOf(was: boolean, is: boolean, exists: boolean): 'added' | 'altered' | 'removed' | 'left' | undefined {
  if (is) return was ? 'altered' : 'added'
  if (!was) return undefined
  return exists ? 'left' : 'removed'
}

/** Lists that are followed. Those who follow the same list share what is kept of it, and nothing is asked of the database after a commit. */
export class LiveQueries {
  readonly #catalog: Pick<Catalog, 'query' | 'subscribe'>
  readonly #lists = new Map<string, LiveList>()
  #unsubscribe: (() => void) | undefined

  constructor(catalog: Pick<Catalog, 'query' | 'subscribe'>) {
    this.#catalog = catalog
  }

  /**
   * Calls `tell` with the state, then with each change after its commit, until disposed. A new state stands for more changes than can be told: ask again.
   * @throws `platform.entity_history.too_many_streams`.
   */
  async follow(predicate: EntityPredicate | undefined, tell: (message: LiveMessage) => void): Promise<Disposable> {
    const key = JSON.stringify(predicate ?? null)
    const followers = [...this.#lists.values()].reduce((sum, list) => sum + list.followers.size, 0)
    if (followers >= MAX_FOLLOWERS) throw historyFaults.too_many_streams({})
    this.#unsubscribe ??= this.#catalog.subscribe((refs, version) => this.#onChanged(refs, version))
    const list = this.#lists.get(key) ?? { predicate: predicate ?? ANY, members: new Set<string>(), followers: new Set(), isLoaded: false }
    this.#lists.set(key, list)
    list.followers.add(tell)
    const leave = (): void => {
      list.followers.delete(tell)
      if (list.followers.size === 0 && this.#lists.get(key) === list) this.#lists.delete(key)
      if (this.#lists.size > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
    try {
      if (!list.isLoaded) await this.#load(list)
    } catch (error) {
      leave()
      throw error
    }
    tell(this.#state(list))
    return { [Symbol.dispose]: leave }
  }

  #onChanged(refs: readonly string[] | 'everything', version: number): void {
    const { query } = this.#catalog
    for (const list of this.#lists.values()) {
      if (!list.isLoaded) continue
      if (refs === 'everything') {
        void this.#load(list).then(
          () => this.#tell(list, this.#state(list)),
          () => undefined,
        )
        continue
      }
      for (const ref of refs) {
        const is = query.matches(ref, list.predicate)
        const change = changeOf(list.members.has(ref), is, is || query.matches(ref, ANY))
        if (is) list.members.add(ref)
        else list.members.delete(ref)
        if (change) this.#tell(list, { event: 'changed', version, ref, change })
      }
    }
  }

  #tell(list: LiveList, message: LiveMessage): void {
    for (const follower of list.followers) follower(message)
  }

  /** The state of a list that is followed. */
  stateOf(predicate: EntityPredicate | undefined): LiveMessage | undefined {
    const list = this.#lists.get(JSON.stringify(predicate ?? null))
    return list && this.#state(list)
  }

  #state({ members }: LiveList): LiveMessage {
    return { event: 'state', version: this.#catalog.query.version(), total: members.size }
  }

  async #load(list: LiveList): Promise<void> {
    const count = await this.#catalog.query.count(list.predicate)
    const others = [...this.#lists.values()].reduce((sum, other) => sum + (other === list ? 0 : other.members.size), 0)
    if (others + count > MAX_MEMBERS) throw historyFaults.too_many_streams({})
    list.members = new Set(await this.#catalog.query.listRefs(list.predicate, MAX_MEMBERS))
    list.isLoaded = true
  }
}
