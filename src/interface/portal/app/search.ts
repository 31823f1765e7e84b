/** Parsers of the addresses' search parts: what is missing or odd falls back to the default, and defaults stay out of the address. */
type Raw = Record<string, unknown>

/** A text parameter, absent when empty. Numbers are what the router reads digits as. */
export function text(raw: Raw, name: string): string | undefined {
  const value = raw[name]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** One of the given words, absent when it is another. */
export function oneOf<const T extends string>(raw: Raw, name: string, words: readonly T[]): T | undefined {
  const value = text(raw, name)
  return words.find((word) => word === value)
}

/** A whole number of at least 0. */
export function whole(raw: Raw, name: string): number | undefined {
  const value = Number(raw[name])
  return raw[name] !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined
}

/** The members that are there. */
export function present<T extends Record<string, unknown>>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** A copy without some members: filters that are taken back. */
export function without<T extends object, K extends keyof T>(search: T, ...names: readonly K[]): Omit<T, K> {
  const rest = { ...search }
  for (const name of names) delete rest[name]
  return rest
}
