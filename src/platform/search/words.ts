/** Longer words are cut: nobody types more, and hostile files are full of them. */
const MAX_WORD_LENGTH = 40
const WORD = /[\p{L}\p{N}]+/gu

/** Words of a text in lower case, without accents; `orderService` is two. In order, doubles included, at most `limit`. Pure. */
export function wordsOf(text: string, limit = 200): string[] {
  const parted = /\p{Ll}\p{Lu}/u.test(text) ? text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2') : text
  const found = plain(parted).match(WORD) ?? []
  const words = found.length > limit ? found.slice(0, limit) : found
  return words.map((word) => (word.length > MAX_WORD_LENGTH ? word.slice(0, MAX_WORD_LENGTH) : word))
}

/** Lower case, accents taken away. */
function plain(text: string): string {
  const lower = text.toLowerCase()
  // oxlint-disable-next-line no-control-regex -- what is plain already needs no taking apart
  return /^[\u0000-\u007F]*$/.test(lower) ? lower : lower.normalize('NFKD').replaceAll(/\p{M}/gu, '')
}
