import { RE2JS } from 're2js'
import { refuse } from './refusal.ts'

const MAX_PATTERN_LENGTH = 1_000
/** Instructions of the pattern times characters of the text: about 100 ms. */
const MAX_WORK = 2_000_000

/** A regular expression that runs in time linear to the text (RE2's kind: no look-around, no back references). */
export class Pattern {
  readonly isGlobal: boolean
  readonly source: string
  readonly #compiled: RE2JS

  /** @throws Refusal for what RE2 has no way to do. */
  constructor(source: string, flags = '') {
    if (source.length > MAX_PATTERN_LENGTH) refuse(`a pattern has at most ${MAX_PATTERN_LENGTH} characters`)
    this.source = source
    this.isGlobal = flags.includes('g')
    const options = (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0) | (flags.includes('s') ? RE2JS.DOTALL : 0)
    this.#compiled = compile(source, options)
  }

  test(text: string): boolean {
    this.#assertFair(text)
    return this.#compiled.matcher(text).find()
  }

  /** The first match with its groups, or all matches of a global pattern; null for none. */
  match(text: string): string[] | null {
    this.#assertFair(text)
    const matcher = this.#compiled.matcher(text)
    const found: string[] = []
    while (matcher.find()) {
      if (!this.isGlobal) return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '')
      found.push(matcher.group(0) ?? '')
    }
    return found.length === 0 ? null : found
  }

  /** As JavaScript's `replace`: `$1`, `$&` and `$<name>` stand for what was found. Calls `pay` with what it makes. */
  replace(text: string, replacement: string, isAll: boolean, pay: (length: number) => void): string {
    this.#assertFair(text)
    const matcher = this.#compiled.matcher(text)
    const parts: string[] = []
    let at = 0
    while (matcher.find()) {
      const made = replacement.replaceAll(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]{1,50})>)/g, (whole, dollar?: string, all?: string, index?: string, name?: string) => {
        if (dollar !== undefined) return '$'
        if (all !== undefined) return matcher.group(0) ?? ''
        if (index !== undefined) return Number(index) <= matcher.groupCount() ? (matcher.group(Number(index)) ?? '') : whole
        return name === undefined ? whole : (matcher.group(name) ?? '')
      })
      pay(made.length)
      parts.push(text.slice(at, matcher.start()), made)
      at = matcher.end()
      if (!isAll) break
    }
    return parts.length === 0 ? text : parts.join('') + text.slice(at)
  }

  split(text: string): string[] {
    this.#assertFair(text)
    return this.#compiled.split(text, -1)
  }

  /** Closed for printing. */
  toJSON(): undefined {
    return undefined
  }

  #assertFair(text: string): void {
    if (this.#compiled.programSize() * text.length > MAX_WORK)
      refuse(`the pattern /${this.source.slice(0, 60)}/ is too much for a text of ${text.length} characters`)
  }
}

function compile(source: string, options: number): RE2JS {
  try {
    return RE2JS.compile(source, options)
  } catch (error) {
    return refuse(`the pattern /${source.slice(0, 60)}/ can not be used: ${error instanceof Error ? error.message.slice(0, 160) : 'it can not be read'}`)
  }
}
