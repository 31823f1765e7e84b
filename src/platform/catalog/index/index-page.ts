import type { EntityPosition } from '../catalog-reader.ts'
import type { EntityIndex } from './entity-index.ts'
import type { IndexQuery, IndexQuestion } from './index-query.ts'
import type { SlotSet } from './slot-set.ts'
import { NO_RANK, type ValueOrder } from './value-order.ts'

/** A part of what matches, in order. */
export interface IndexPage {
  slots: Uint32Array
  total: number
  /** Whether there are more in the direction of reading. */
  hasMore: boolean
  /** The order that positions are told by; undefined when it is the uid alone. */
  order: ValueOrder | undefined
}

export interface PageWish {
  offset: number
  limit: number
  from?: EntityPosition
}

/** Reads a page. What it costs hardly grows with the catalog, but for the first of the deep ones of a question: it puts all that match in order. */
export function readIndexPage(index: EntityIndex, query: IndexQuery, question: IndexQuestion, wish: PageWish): IndexPage {
  const lane = laneOf(index, query, question, wish)
  if (lane && stepsOf(index, lane.set, wish) <= lane.sequence.length / DEEP) return walk(index, lane, wish)
  const { slots, order, isDescending } = lane ? query.along(question, lane) : query.result(question)
  const { start, end, hasMore } = windowOf(slots.length, wish, wish.from && placeOf(index, { slots, order, isDescending }, wish.from))
  return { slots: slots.slice(start, end), total: slots.length, hasMore, order }
}

/** A walk over more than this part of all is done once for all pages, and kept. */
const DEEP = 4

/** How many entities of the order of all are looked at until a page is full. */
function stepsOf(index: EntityIndex, set: SlotSet, { offset, limit }: PageWish): number {
  if (set.size === index.size) return Math.min(limit, index.size)
  return Math.min((offset + limit) / Math.max(set.size, 1), 1) * index.size
}

/** An order of all, and what to take of it. */
export interface Lane {
  /** All slots that have a place in the order, ascending. */
  sequence: Uint32Array
  set: SlotSet
  order: ValueOrder | undefined
  isDescending: boolean
}

/** The order of all along which a question can be answered; undefined when it can not, or should not. */
function laneOf(index: EntityIndex, query: IndexQuery, question: IndexQuestion, wish: PageWish): Lane | undefined {
  const [asked, ...more] = question.orders
  if (more.length > 0) return undefined
  const set = query.set(question.predicate, question.text)
  // To sort those that match takes less than to walk past all others.
  if (stepsOf(index, set, wish) > set.size * 4 + 64) return undefined
  const isDescending = asked?.order === 'desc'
  const field = asked?.field.toLowerCase()
  if (field === undefined && question.tie === 'ref') {
    const order = index.refOrder()
    return order && { sequence: order.sequence(index.slotCount, index.uids), set, order, isDescending }
  }
  if (field === undefined || field === 'metadata.uid') return { sequence: index.uids.slots(), set, order: undefined, isDescending }
  const order = index.order(field)
  if (question.tie === 'ref' || !order) return undefined
  const sequence = order.sequence(index.slotCount, index.uids)
  const there = sequence.length === index.size ? set : query.having(set, field)
  // Those without the field would come behind.
  if (question.missing === 'last' && there.size !== set.size) return undefined
  return { sequence, set: there, order, isDescending }
}

function walk(index: EntityIndex, { sequence, set, order, isDescending }: Lane, { offset, limit, from }: PageWish): IndexPage {
  const isBackwards = from?.isBackwards ?? false
  const step = isDescending === isBackwards ? 1 : -1
  let at = step === 1 ? 0 : sequence.length - 1
  if (from) {
    const { start, isThere } = placeOf(index, { slots: sequence, order, isDescending: false }, from)
    at = step === 1 ? start + Number(isThere) : start - 1
  }
  let skipped = 0
  if (set.size === index.size && sequence.length === index.size) {
    at += step * offset
    skipped = offset
  }
  const found: number[] = []
  let hasMore = false
  for (; at >= 0 && at < sequence.length; at += step) {
    const slot = sequence[at]!
    if (!set.has(slot) || skipped++ < offset) continue
    if (found.length === limit) {
      hasMore = true
      break
    }
    found.push(slot)
  }
  const slots = Uint32Array.from(found)
  return { slots: isBackwards ? slots.reverse() : slots, total: set.size, hasMore, order }
}

function windowOf(
  total: number,
  { offset, limit, from }: PageWish,
  place: { start: number; isThere: boolean } | undefined,
): { start: number; end: number; hasMore: boolean } {
  if (from?.isBackwards && place) {
    const end = Math.max(place.start - offset, 0)
    const start = Math.max(end - limit, 0)
    return { start, end, hasMore: start > 0 }
  }
  const start = Math.min((place ? place.start + Number(place.isThere) : 0) + offset, total)
  const end = Math.min(start + limit, total)
  return { start, end, hasMore: end < total }
}

/** Where a position is in a sorted list, or would be if its entity were still there. */
function placeOf(
  index: EntityIndex,
  { slots, order, isDescending }: { slots: Uint32Array; order: ValueOrder | undefined; isDescending: boolean },
  from: EntityPosition,
): { start: number; isThere: boolean } {
  const ranks = order?.ranks(index.slotCount)
  const text = from.values[0]
  const wanted = order === undefined || text === undefined || text === null ? { rank: NO_RANK, isExact: true } : order.rankOf(text)
  const sign = isDescending ? -1 : 1
  const compare = (slot: number): number => {
    if (ranks) {
      const rank = ranks[slot] ?? NO_RANK
      if (rank !== wanted.rank || !wanted.isExact) {
        if (rank === NO_RANK || wanted.rank === NO_RANK) return rank === wanted.rank ? 0 : rank === NO_RANK ? 1 : -1
        return (rank < wanted.rank ? -1 : 1) * sign
      }
    }
    const uid = index.uids.uidOf(slot)
    return uid === from.uid ? 0 : (uid < from.uid ? -1 : 1) * sign
  }
  let low = 0
  let high = slots.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(slots[middle] ?? 0) < 0) low = middle + 1
    else high = middle
  }
  return { start: low, isThere: low < slots.length && compare(slots[low] ?? 0) === 0 }
}

/** The position of a slot in an order. */
export function positionOf(index: EntityIndex, order: ValueOrder | undefined, slot: number): EntityPosition {
  const values = order ? [order.textAt(order.ranks(index.slotCount)[slot] ?? NO_RANK)] : []
  return { values, uid: index.uids.uidOf(slot), isBackwards: false }
}
