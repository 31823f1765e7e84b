import type { Secret } from '#kernel/common/secret'

/** Shorter texts are left: they would mask ordinary words. */
const MIN_LENGTH = 4
/** What stands in place of a secret. */
const MASKED = '***'

/** Finds secrets in text, also as base64, base64url, hexadecimal, URL, JSON or XML would write them, and line by line. */
export class SecretMask {
  readonly #needles = new Set<string>()
  #pattern: RegExp | undefined
  /** Length of the longest text that is masked: how much of a line's end may be the beginning of a secret. */
  longest = 0

  constructor(secrets: readonly Secret[] = []) {
    for (const secret of secrets) this.add(secret)
  }

  add(secret: Secret): void {
    const plain = secret.reveal()
    for (const part of new Set([plain, plain.trim(), ...plain.split(/\r?\n/)])) {
      if (part.trim().length < MIN_LENGTH) continue
      for (const form of formsOf(part)) if (form.length >= MIN_LENGTH) this.#needles.add(form)
    }
    this.#pattern = undefined
    this.longest = Math.max(0, ...[...this.#needles].map((needle) => needle.length))
  }

  apply(text: string): string {
    const pattern = this.#compiled()
    return pattern === undefined ? text : text.replace(pattern, MASKED)
  }

  hasSecret(text: string): boolean {
    return this.apply(text) !== text
  }

  /**
   * Where a long text may be cut without cutting a secret in two: at or before `atMost`, or behind a secret that begins the text.
   * What follows the cut may be the beginning of a secret, so it must stay together with what comes later.
   */
  cutBefore(text: string, atMost: number): number {
    let cut = Math.min(atMost, text.length - Math.max(0, this.longest - 1))
    const pattern = this.#compiled()
    for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
      const end = match.index + match[0].length
      if (match.index < cut && end > cut) cut = match.index > 0 ? match.index : end
    }
    return Math.max(1, cut)
  }

  #compiled(): RegExp | undefined {
    if (this.#needles.size === 0) return undefined
    this.#pattern ??= new RegExp(
      [...this.#needles]
        .sort((a, b) => b.length - a.length)
        .map((needle) => RegExp.escape(needle))
        .join('|'),
      'g',
    )
    return this.#pattern
  }
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text, 'utf8')
  const json = JSON.stringify(text).slice(1, -1)
  const uri = encodeURIComponent(text)
  const xml = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&apos;')
  const hex = bytes.toString('hex')
  // A shell prints the same text in other quotes: 'it'\''s'.
  const shell = text.replace(/'/g, "'\\''")
  return [text, json, JSON.stringify(json).slice(1, -1), uri, uri.replace(/%20/g, '+'), xml, hex, hex.toUpperCase(), shell, ...base64FormsOf(bytes)]
}

/** Base64 of a text differs by where it stands in what is encoded: the three shifts, without the signs that its neighbours decide. */
function base64FormsOf(bytes: Buffer): string[] {
  const forms: string[] = []
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
    const encoded = shifted.toString('base64').replace(/=+$/, '')
    const start = shift === 0 ? 0 : shift + 1
    const end = shifted.length % 3 === 0 ? encoded.length : encoded.length - 1
    const stable = encoded.slice(start, end)
    // A short remainder is found in innocent text too.
    if (stable.length >= 6) forms.push(stable, stable.replace(/\+/g, '-').replace(/\//g, '_'))
  }
  return forms
}
