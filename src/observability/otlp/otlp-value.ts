/** A JSON object of unknown shape. */
export type Loose = Readonly<Record<string, unknown>>

/** Attributes beyond this many, and texts beyond this length, are cut: what floods attributes must not flood the store. */
const MAX_ATTRIBUTES = 128
const MAX_TEXT = 16_384
const MAX_DEPTH = 16
/** 9999-12-31 in microseconds. */
const MAX_US = 253_402_300_799_000_000

/** Largest `fixed64`. */
const MAX_NANOS = 0xffff_ffff_ffff_ffffn

/** Whether a value is an object and not a list. */
export function isObject(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The list at `key`; an absent one is empty. @throws an error when it is something else. */
export function listAt(object: Loose, key: string): readonly Loose[] {
  const value = object[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`"${key}" must be a list`)
  const wrong = value.find((item) => !isObject(item))
  if (wrong !== undefined) throw new Error(`"${key}" must hold objects`)
  return value as Loose[]
}

/** A text member; empty when it is absent or no text. */
export function textAt(object: Loose, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : ''
}

/** A number that may come as a decimal text (protobuf's JSON form of 64 bits) or as a bigint; 0 when absent or no number. */
export function numberAt(object: Loose, key: string): number {
  return numberOf(object[key]) ?? 0
}

/** A number, also when it came as text (64-bit integers in OTLP/JSON); undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'string' || value === '') return undefined
  const number = Number(value)
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number
}

/** Nanoseconds since 1970 as whole microseconds; undefined when absent, 0 or no instant. */
export function microsAt(object: Loose, key: string): number | undefined {
  const nanos = nanosAt(object, key)
  if (nanos === undefined) return undefined
  const micros = Number(nanos / 1000n)
  return micros > 0 && micros <= MAX_US ? micros : undefined
}

/** A time in nanoseconds since 1970; undefined when it is absent or no time. */
export function nanosAt(object: Loose, key: string): bigint | undefined {
  const value = object[key]
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? BigInt(Math.round(value)) : undefined
  const nanos = typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined
  return nanos !== undefined && nanos <= MAX_NANOS ? nanos : undefined
}

/** An id of `digits` hex digits in lower case; undefined when it is none or all zeros. OTLP/JSON takes any case. */
export function hexAt(object: Loose, key: string, digits: 16 | 32): string | undefined {
  const value = object[key]
  if (typeof value !== 'string' || value.length !== digits || !/^[0-9a-f]+$/i.test(value) || /^0+$/.test(value)) return undefined
  return value.toLowerCase()
}

/** Attributes by key; the first of equal keys stays. */
export function attributesAt(object: Loose, key = 'attributes'): Record<string, unknown> {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  let count = 0
  for (const { key: name, value } of listAt(object, key)) {
    if (typeof name !== 'string' || name === '' || name in attributes) continue
    if (++count > MAX_ATTRIBUTES) break
    attributes[cut(name)] = plainValue(value)
  }
  return attributes
}

/** `AnyValue` as plain JSON. */
export function plainValue(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > MAX_DEPTH) return null
  if (typeof value['stringValue'] === 'string') return cut(value['stringValue'])
  if (typeof value['boolValue'] === 'boolean') return value['boolValue']
  if ('intValue' in value) return wholeOf(value['intValue'])
  if ('doubleValue' in value) {
    const number = numberOf(value['doubleValue'])
    return number === undefined ? null : Number.isFinite(number) ? number : String(number)
  }
  if (typeof value['bytesValue'] === 'string') return cut(value['bytesValue'])
  if (isObject(value['arrayValue'])) {
    return listAt(value['arrayValue'], 'values')
      .slice(0, MAX_ATTRIBUTES)
      .map((item) => plainValue(item, depth + 1))
  }
  if (isObject(value['kvlistValue'])) {
    const entries = listAt(value['kvlistValue'], 'values').slice(0, MAX_ATTRIBUTES)
    return Object.fromEntries(entries.map((entry) => [cut(textAt(entry, 'key')), plainValue(entry['value'], depth + 1)]))
  }
  return null
}

/** A 64-bit integer: a number where that is exact, a decimal text where not. */
function wholeOf(value: unknown): number | string | null {
  const number = numberOf(value)
  if (number === undefined) return null
  return Number.isSafeInteger(number) ? number : String(value as string | number | bigint)
}

/** The text, at most as long as we keep. */
export function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`
}
