import type { Entity, EntityRelation } from '../entity.ts'
import { factsOf, type Fact } from './entity-facts.ts'
import { FactArena, grown } from './fact-arena.ts'
import { FactColumn } from './fact-column.ts'
import { SlotSet } from './slot-set.ts'
import { TextPool } from './text-pool.ts'
import { TextScan } from './text-scan.ts'
import { UidOrder } from './uid-order.ts'
import { ValueOrder } from './value-order.ts'

/** Columns and orders of keys that were asked for, at most; the ones asked for least lately are dropped. */
/** Not fewer than a query may have terms. */
const MAX_COLUMNS = 600
const MAX_ORDERS = 24
const MAX_SCANS = 10
const REF_KEY = '\u0000ref'
/** Is true of an entity whose file went bad: `status.items.level=error` finds them. */
const PROBLEM: Fact = { key: 'status.items.level', value: 'error', isItem: false }

/**
 * What is true of all entities, in memory: each has a slot, a small number that is used again after it went. Keys get a column when somebody first asks.
 * Answers are those of one version; nothing here waits.
 */
export class EntityIndex {
  readonly pool = new TextPool()
  readonly uids = new UidOrder()
  readonly #arena = new FactArena(this.pool)
  readonly #columns = new Map<number, FactColumn>()
  readonly #orders = new Map<number, ValueOrder>()
  readonly #scans = new Map<number, TextScan>()
  #rows = new Uint32Array(1 << 10)
  #refs = new Uint32Array(1 << 10)
  readonly #slotOfRef = new SlotByRef()
  #free: number[] = []
  #slots = 0
  #everything: SlotSet | undefined
  /** Version of the catalog that this is, and a number that also changes when it is loaded anew. */
  version = 0

  get size(): number {
    return this.#slots - this.#free.length
  }

  /** One more than the greatest slot that was ever used. */
  get slotCount(): number {
    return this.#slots
  }

  /** Bytes of each part, for those who measure. */
  get sizeBytes(): Record<string, number> {
    const sum = (items: Iterable<{ sizeBytes: number }>): number => [...items].reduce((total, item) => total + item.sizeBytes, 0)
    return {
      texts: this.pool.sizeBytes,
      facts: this.#arena.sizeBytes,
      columns: sum(this.#columns.values()),
      orders: sum(this.#orders.values()),
      scans: sum(this.#scans.values()),
      slots: 8 * this.#rows.length + this.uids.sizeBytes + this.#slotOfRef.sizeBytes,
    }
  }

  /** Adds or replaces an entity, which has its uid and relations. @param row its id in the table. */
  put(row: number, ref: string, entity: Entity, hasProblems = false): void {
    const known = this.slotOf(ref)
    const slot = known ?? this.#free.pop() ?? this.#slots++
    if (slot >= this.#rows.length) {
      this.#rows = grown(this.#rows, Math.ceil(this.#rows.length * 1.6))
      this.#refs = grown(this.#refs, this.#rows.length)
    }
    if (known === undefined) {
      this.#refs[slot] = this.pool.intern(ref)
      this.#slotOfRef.set(this.#refs[slot]!, slot)
      this.uids.set(slot, entity.metadata.uid ?? '')
      this.#noteRef(slot, 1)
      this.#everything = undefined
    }
    this.#rows[slot] = row
    if (this.#columns.size > 0) this.#note(slot, -1)
    this.#arena.set(slot, hasProblems ? [...factsOf(entity), PROBLEM] : factsOf(entity))
    if (this.#columns.size > 0) this.#note(slot, 1)
  }

  /** Replaces the relations of an entity, and nothing else. */
  putRelations(ref: string, relations: readonly EntityRelation[]): void {
    const slot = this.slotOf(ref)
    if (slot === undefined) return
    if (this.#columns.size > 0) this.#note(slot, -1)
    const facts = relations.map(({ type, targetRef }) => ({ key: `relations.${type.toLowerCase()}`, value: targetRef, isItem: false }))
    this.#arena.replace(slot, (key) => this.pool.text(key).startsWith('relations.'), facts)
    if (this.#columns.size > 0) this.#note(slot, 1)
  }

  remove(ref: string): void {
    const slot = this.slotOf(ref)
    if (slot === undefined) return
    this.#note(slot, -1)
    this.#noteRef(slot, -1)
    this.#arena.clear(slot)
    this.#slotOfRef.delete(this.#refs[slot]!)
    this.uids.delete(slot)
    this.#refs[slot] = 0
    this.#free.push(slot)
    this.#everything = undefined
  }

  /** Gives back what was set aside while it grew. */
  trim(): void {
    this.pool.trim()
    this.#arena.trim()
  }

  /** What the first who asks would wait for: steps that make the columns and orders that nearly everybody asks for. */
  preparations(): (() => unknown)[] {
    if (this.size === 0) return []
    const columns = ['kind', 'metadata.name', 'spec.type', 'spec.lifecycle', 'metadata.tags', 'relations.ownedby', 'relations.partof', 'metadata.namespace']
    return [
      () => this.uids.slots(),
      () => this.prepare(columns),
      () => this.order('metadata.name')?.ranks(this.slotCount),
      () => this.order('metadata.name')?.sequence(this.slotCount, this.uids),
    ]
  }

  /** @param ref in lower case. */
  slotOf(ref: string): number | undefined {
    const id = this.pool.find(ref)
    return id === 0 ? undefined : this.#slotOfRef.get(id)
  }

  refOf(slot: number): string {
    return this.pool.text(this.#refs[slot]!)
  }

  rowOf(slot: number): number {
    return this.#rows[slot]!
  }

  /** All slots in use. */
  everything(): SlotSet {
    if (!this.#everything) {
      const free = new Set(this.#free)
      const slots = new Uint32Array(this.size)
      for (let slot = 0, at = 0; slot < this.#slots; slot++) if (!free.has(slot)) slots[at++] = slot
      this.#everything = SlotSet.ofSorted(slots)
    }
    return this.#everything
  }

  /** Makes the columns of several keys in one look at all facts: one by one each would be a look of its own. */
  prepare(keys: readonly string[]): void {
    const wanted = [...new Set(keys)].map((key) => this.pool.find(key)).filter((id) => id !== 0 && !this.#columns.has(id))
    if (wanted.length < 2) return
    for (const [id, pairs] of this.#arena.pairsOfMany(wanted, this.#slots)) {
      this.#orders.delete(id)
      touch(this.#columns, id, new FactColumn(pairs), MAX_COLUMNS)
    }
  }

  /** The column of a key in lower case; undefined when no entity ever had it. */
  column(key: string): FactColumn | undefined {
    const id = this.pool.find(key)
    if (id === 0) return undefined
    let column = this.#columns.get(id)
    if (!column) {
      column = new FactColumn(key === REF_KEY ? this.#refPairs() : this.#arena.pairsOf(id, this.#slots))
      // It was not told of what happened meanwhile.
      this.#orders.delete(id)
    }
    touch(this.#columns, id, column, MAX_COLUMNS)
    return column
  }

  /** The order of slots by a key in lower case. */
  order(key: string): ValueOrder | undefined {
    const column = this.column(key)
    if (!column) return undefined
    const id = this.pool.find(key)
    const order =
      this.#orders.get(id) ?? new ValueOrder(this.pool, column, (slot) => (key === REF_KEY ? [this.#refs[slot]!].filter(Boolean) : this.valuesOf(slot, id)))
    touch(this.#orders, id, order, MAX_ORDERS)
    return order
  }

  /** Slots with `term` as a part of a value of a key, letters' case aside. */
  withText(key: string, term: string): SlotSet {
    if (key === 'metadata.uid')
      return SlotSet.ofUnsorted(
        this.everything()
          .toSorted()
          .filter((slot) => this.uids.uidOf(slot).includes(term.toLowerCase())),
      )
    const column = this.column(key)
    if (!column) return SlotSet.EMPTY
    const id = this.pool.find(key)
    let scan = this.#scans.get(id)
    if (!scan?.isOf(column)) scan = new TextScan(this.pool, column)
    touch(this.#scans, id, scan, MAX_SCANS)
    return scan.find(term)
  }

  /** What people call an entity; undefined when it is not there. */
  titleOf(ref: string): string | undefined {
    const slot = this.slotOf(ref)
    if (slot === undefined) return undefined
    for (const key of ['metadata.title', 'spec.profile.displayname', 'metadata.name']) {
      const [value] = this.valuesOf(slot, this.pool.find(key))
      if (value !== undefined && value !== 0) return this.pool.text(value)
    }
    return undefined
  }

  /** The order of slots by ref. */
  refOrder(): ValueOrder | undefined {
    this.pool.intern(REF_KEY)
    return this.order(REF_KEY)
  }

  /** Values of one key of a slot. */
  valuesOf(slot: number, key: number): number[] {
    const values: number[] = []
    this.#arena.forEach(slot, (found, value) => {
      if (found === key) values.push(value)
    })
    return values
  }

  /** Calls back with each fact of a slot. */
  forEachFact(slot: number, visit: (key: number, value: number, isItem: boolean) => void): void {
    this.#arena.forEach(slot, visit)
  }

  /** Whether values of a key were members of a list somewhere. */
  hasItems(key: number): boolean {
    return this.#arena.itemKeys.has(key)
  }

  #note(slot: number, change: 1 | -1): void {
    this.#arena.forEach(slot, (key, value) => {
      this.#columns.get(key)?.note(value, slot, change)
      this.#orders.get(key)?.touch(slot)
    })
  }

  #noteRef(slot: number, change: 1 | -1): void {
    const key = this.pool.find(REF_KEY)
    this.#columns.get(key)?.note(this.#refs[slot]!, slot, change)
    this.#orders.get(key)?.touch(slot)
  }

  #refPairs(): { values: Uint32Array; slots: Uint32Array } {
    const slots = this.everything().toSorted()
    return { values: slots.map((slot) => this.#refs[slot]!), slots }
  }
}

/** Which slot has a ref: by the ref's number in the pool. */
class SlotByRef {
  #slots = new Uint32Array(1 << 10)

  get sizeBytes(): number {
    return this.#slots.byteLength
  }

  get(id: number): number | undefined {
    const found = this.#slots[id] ?? 0
    return found === 0 ? undefined : found - 1
  }

  set(id: number, slot: number): void {
    if (id >= this.#slots.length) this.#slots = grown(this.#slots, Math.ceil(Math.max(id + 1, this.#slots.length * 1.5)))
    this.#slots[id] = slot + 1
  }

  delete(id: number): void {
    this.#slots[id] = 0
  }
}

/** Makes an item the newest of a map, and drops the oldest when there are too many. */
function touch<V>(map: Map<number, V>, key: number, value: V, limit: number): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= limit) break
    map.delete(oldest)
  }
}
