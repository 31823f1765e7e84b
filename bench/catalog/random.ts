/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number
  pick<T>(items: readonly T[]): T
  /** Up to `count` different whole numbers below `limit`, low ones more often: some things are used by many. */
  distinct(count: number, limit: number): number[]
}

/** Steepness of the preference for low numbers: the first of 1000 is picked ten times as often as an average one. */
const SKEW = 1.5

/** mulberry32, a generator of 32 bits of state by Tommy Ettinger (public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    distinct: (count, limit) => {
      const found = new Set<number>()
      for (let tries = 0; found.size < Math.min(count, limit) && tries < count * 4; tries++) found.add(Math.floor(next() ** SKEW * limit))
      return [...found]
    },
  }
}
