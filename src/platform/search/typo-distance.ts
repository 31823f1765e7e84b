/**
 * How many typos lead from `typed` to a beginning of `word`: letters missing, added, wrong, or two swapped; more than `limit` is `limit + 1`.
 * A word that is typed halfway is no typo. Pure. Source: the optimal string alignment distance, with its last row's minimum.
 */
export function typoDistance(typed: string, word: string, limit: number): number {
  const width = Math.min(word.length, typed.length + limit)
  let before: number[] = []
  let previous = Array.from({ length: width + 1 }, (_, at) => at)
  for (let row = 1; row <= typed.length; row++) {
    const current = [row]
    let least = row
    for (let at = 1; at <= width; at++) {
      const isSame = typed[row - 1] === word[at - 1]
      let cost = Math.min((previous[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1, (previous[at - 1] ?? 0) + (isSame ? 0 : 1))
      if (row > 1 && at > 1 && typed[row - 1] === word[at - 2] && typed[row - 2] === word[at - 1]) cost = Math.min(cost, (before[at - 2] ?? 0) + 1)
      current.push(cost)
      if (cost < least) least = cost
    }
    if (least > limit) return limit + 1
    before = previous
    previous = current
  }
  return Math.min(limit + 1, ...previous)
}

/** Typos that are forgiven in a word of this length. */
export function allowedTypos(length: number): number {
  if (length < 4) return 0
  return length < 8 ? 1 : 2
}

/** Which letters a word has, a bit each: words that differ in many letters are told apart without being compared. */
export function letterMask(word: string): number {
  let mask = 0
  for (let at = 0; at < word.length; at++) mask |= 1 << (word.charCodeAt(at) & 31)
  return mask
}

/** Bits that are set. */
export function bitCount(mask: number): number {
  let bits = mask - ((mask >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
