import { canonicalJson } from '#kernel/common/json'
import type { EntityOrder } from '../catalog-reader.ts'
import type { EntityPredicate } from '../entity-predicate.ts'
import type { EntityIndex } from './entity-index.ts'
import type { Lane } from './index-page.ts'
import { FacetCounter } from './facet-counter.ts'
import { evaluate, keysOf, membersNamed } from './predicate-evaluation.ts'
import { ByteBoundCache } from './result-cache.ts'
import { SlotSet } from './slot-set.ts'
import { sortedByRank, type ValueOrder } from './value-order.ts'

/** What is asked of the index: which entities, in which order. */
export interface IndexQuestion {
  predicate?: EntityPredicate
  text?: { term: string; fields: readonly string[] }
  orders: readonly EntityOrder[]
  tie: 'uid' | 'ref'
  missing: 'last' | 'left-out'
}

/** Entities that match, in order. */
export interface IndexResult {
  slots: Uint32Array
  /** The order that a position is compared by; undefined when it is the tie alone. */
  order: ValueOrder | undefined
  isDescending: boolean
}

const RESULT_BYTES = 12 * 1024 * 1024
const SET_BYTES = 6 * 1024 * 1024
const FACET_BYTES = 6 * 1024 * 1024
/** Fields whose values are kept in order. */
const MAX_COUNTERS = 32
/** Sets that are smaller than this part of all are sorted by comparing; larger ones by counting. */
const SPARSE = 16

/** Answers questions from the index, and keeps the answers until the version changes. */
export class IndexQuery {
  readonly #index: EntityIndex
  readonly #results = new ByteBoundCache<IndexResult>(RESULT_BYTES)
  readonly #sets = new ByteBoundCache<SlotSet>(SET_BYTES)
  readonly #facets = new ByteBoundCache<readonly { value: string; count: number }[]>(FACET_BYTES)
  /** By field in lower case. */
  readonly #counters = new Map<string, FacetCounter>()
  #having = new WeakMap<SlotSet, Map<string, SlotSet>>()
  #version = -1

  constructor(index: EntityIndex) {
    this.#index = index
  }

  get sizeBytes(): Record<string, number> {
    return { results: this.#results.sizeBytes + this.#sets.sizeBytes + this.#facets.sizeBytes }
  }

  /** Entities that match, in no order. */
  set(predicate: EntityPredicate | undefined, text?: IndexQuestion['text']): SlotSet {
    this.#forgetOld()
    if (predicate === undefined && text === undefined) return this.#index.everything()
    const key = canonicalJson({ predicate: predicate ?? null, text: text ? { term: text.term.toLowerCase(), fields: [...text.fields] } : null })
    const known = this.#sets.get(key)
    if (known) return known
    if (predicate) this.#index.prepare(keysOf(predicate))
    let set = predicate === undefined ? this.#index.everything() : evaluate(this.#index, predicate)
    if (text && set.size > 0) set = set.and(SlotSet.union(text.fields.map((field) => this.#index.withText(field.toLowerCase(), text.term))))
    this.#sets.set(key, set, set.sizeBytes)
    return set
  }

  /** Those of a set that have a value of a field, in lower case, to order by. */
  having(set: SlotSet, field: string): SlotSet {
    this.#forgetOld()
    let byField = this.#having.get(set)
    if (!byField) this.#having.set(set, (byField = new Map<string, SlotSet>()))
    let there = byField.get(field)
    if (!there) byField.set(field, (there = set.and(this.#index.column(field)?.comparable() ?? SlotSet.EMPTY)))
    return there
  }

  result(question: IndexQuestion): IndexResult {
    return this.#kept(question, () => this.#materialise(question))
  }

  /** The same for a question that takes some of an order of all. */
  along(question: IndexQuestion, { sequence, set, order, isDescending }: Lane): IndexResult {
    return this.#kept(question, () => {
      const slots = set.size === sequence.length ? sequence.slice() : sequence.filter((slot) => set.has(slot))
      return { slots: isDescending ? slots.reverse() : slots, order, isDescending }
    })
  }

  /** How often each value of a key is there, by value. */
  facet(name: string, predicate: EntityPredicate | undefined): readonly { value: string; count: number }[] {
    this.#forgetOld()
    const key = canonicalJson({ name, predicate: predicate ?? null } as never)
    const known = this.#facets.get(key)
    if (known) return known
    const values = this.#count(name.toLowerCase(), predicate)
    this.#facets.set(
      key,
      values,
      values.reduce((sum, { value }) => sum + 64 + value.length, 0),
    )
    return values
  }

  #kept(question: IndexQuestion, make: () => IndexResult): IndexResult {
    this.#forgetOld()
    const key = canonicalJson({ ...question, predicate: question.predicate ?? null, text: question.text ?? null } as never)
    const known = this.#results.get(key)
    if (known) return known
    const result = make()
    this.#results.set(key, result, result.slots.byteLength)
    return result
  }

  #forgetOld(): void {
    if (this.#version === this.#index.version) return
    this.#results.clear()
    this.#sets.clear()
    this.#facets.clear()
    this.#having = new WeakMap()
    this.#version = this.#index.version
  }

  #count(field: string, predicate: EntityPredicate | undefined): readonly { value: string; count: number }[] {
    const among = predicate === undefined ? undefined : this.set(predicate)
    if (field === 'metadata.uid')
      return Array.from((among ?? this.#index.everything()).toSorted(), (slot) => ({ value: this.#index.uids.uidOf(slot), count: 1 })).sort(byValue)
    const column = this.#index.column(field)
    if (!column || column.pairCount === 0) {
      const named = membersNamed(this.#index, field)
      const count = (among ? named.and(among) : named).size
      return count === 0 ? [] : [{ value: 'true', count }]
    }
    let counter = this.#counters.get(field)
    if (!counter?.isOf(column)) counter = new FacetCounter(this.#index.pool, column)
    this.#counters.delete(field)
    this.#counters.set(field, counter)
    for (const oldest of this.#counters.keys()) {
      if (this.#counters.size <= MAX_COUNTERS) break
      this.#counters.delete(oldest)
    }
    return counter.count(among)
  }

  #materialise(question: IndexQuestion): IndexResult {
    let set = this.set(question.predicate, question.text)
    const orders = question.orders.map(({ field, order }) => ({
      order: isTie(field) ? undefined : this.#index.order(field.toLowerCase()),
      isUid: isTie(field),
      isDescending: order === 'desc',
    }))
    const [first] = orders
    const [firstAsked] = question.orders
    if (first && firstAsked && question.missing === 'left-out' && !first.isUid) set = this.having(set, firstAsked.field.toLowerCase())
    const isTieDescending = question.tie === 'uid' && (first?.isDescending ?? false)
    let slots = this.#byTie(set, question.tie)
    if (isTieDescending) slots = slots.slice().reverse()
    for (const { order, isUid, isDescending } of orders.toReversed()) {
      if (isUid) slots = this.#byUid(slots, isDescending)
      else if (order) slots = sortedByRank(slots, order.ranks(this.#index.slotCount), order.count, isDescending)
    }
    return { slots, order: first?.order, isDescending: first?.isDescending ?? false }
  }

  #byTie(set: SlotSet, tie: 'uid' | 'ref'): Uint32Array {
    if (tie === 'ref') {
      const order = this.#index.refOrder()
      return order ? sortedByRank(set.toSorted(), order.ranks(this.#index.slotCount), order.count, false) : set.toSorted()
    }
    const all = this.#index.uids.slots()
    if (set.size === all.length) return all
    if (set.size * SPARSE > all.length) return all.filter((slot) => set.has(slot))
    return this.#index.uids.sorted(set.toSorted())
  }

  #byUid(slots: Uint32Array, isDescending: boolean): Uint32Array {
    return slots.slice().sort((a, b) => (isDescending ? this.#index.uids.compare(b, a) : this.#index.uids.compare(a, b)))
  }
}

function isTie(field: string): boolean {
  return field.toLowerCase() === 'metadata.uid'
}

function byValue(a: { value: string }, b: { value: string }): number {
  return a.value < b.value ? -1 : 1
}
