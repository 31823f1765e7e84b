const MASK = '[secret]'

/**
 * A secret in memory. It has no serializer: printing, templating, logging or JSON gives `[secret]`.
 * Only `reveal()` gives the text, at the edge where it is used.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK
  }
}

/** Replaces each secret, and its common encodings (base64, URL), in `text` by `***`. Secrets under 4 characters are left: they would mask ordinary words. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
  let masked = text
  for (const secret of secrets) {
    const plain = secret.reveal()
    if (plain.length < 4) continue
    for (const form of [plain, encodeURIComponent(plain), toBase64(plain)]) masked = masked.replaceAll(form, '***')
  }
  return masked
}

function toBase64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text))).replace(/=+$/, '')
}
