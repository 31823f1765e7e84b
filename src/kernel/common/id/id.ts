declare const brand: unique symbol

/** A string that is known to be an id of kind `Prefix`, e.g. `Id<'chg'>` = `chg_01k8…`. Parsed at the edge, never cast. */
export type Id<Prefix extends string> = `${Prefix}_${string}` & { readonly [brand]: Prefix }

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford base 32, lower case
let lastMs = 0
let lastCounter = 0

/**
 * Makes an id that sorts by creation time within a process: 48 bits of milliseconds, then 16 bits of counter, then 40 random bits,
 * e.g. `newId('chg')` = `chg_01k9v3x7wq000h4n8zr2m5c1`.
 */
export function newId<Prefix extends string>(prefix: Prefix, nowMs: number = Date.now()): Id<Prefix> {
  lastCounter = nowMs === lastMs ? lastCounter + 1 : 0
  lastMs = nowMs
  return `${prefix}_${encode(nowMs, 10)}${encode(lastCounter % 32 ** 3, 3)}${randomText(8)}` as Id<Prefix>
}

/** Random bytes are fetched many at a time: each call into the system costs more than the rest of an id. None is ever used twice. */
const pool = new Uint8Array(1_024)
let used = pool.length

function randomText(length: number): string {
  if (used + length > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  let text = ''
  for (const end = used + length; used < end; used++) text += ALPHABET.charAt((pool[used] ?? 0) % 32)
  return text
}

/** The id, or undefined when `text` is not one of this kind. */
export function parseId<Prefix extends string>(prefix: Prefix, text: string): Id<Prefix> | undefined {
  return new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{8,32}$`).test(text) ? (text as Id<Prefix>) : undefined
}

function encode(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let index = 0; index < length; index++) {
    text = `${ALPHABET[rest % 32]}${text}`
    rest = Math.floor(rest / 32)
  }
  return text
}
