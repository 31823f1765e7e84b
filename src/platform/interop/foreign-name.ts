/** Characters that a catalog name can't hold. */
const FOREIGN = /[^A-Za-z0-9._-]+/g
const MAX_LENGTH = 63

/**
 * A foreign identifier as a catalog name: what a name can't hold becomes `-`, and it is cut at 63 characters.
 * Two identifiers may meet in one name: see `NameBook`. Pure.
 */
export function toCatalogName(identifier: string): string {
  const name = identifier.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(FOREIGN, '-').slice(0, MAX_LENGTH)
  return name.replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '') || 'unnamed'
}

/** Gives each foreign identifier a catalog name of its own within its kind; the same identifier gets the same name again. */
export class NameBook {
  readonly #byIdentifier = new Map<string, string>()
  readonly #taken = new Set<string>()

  nameOf(kind: string, identifier: string): string {
    const key = `${kind.toLowerCase()} ${identifier}`
    const known = this.#byIdentifier.get(key)
    if (known !== undefined) return known
    const wanted = toCatalogName(identifier)
    let name = wanted
    for (let count = 2; this.#taken.has(`${kind} ${name}`.toLowerCase()); count++) name = `${wanted.slice(0, MAX_LENGTH - String(count).length - 1)}-${count}`
    this.#taken.add(`${kind} ${name}`.toLowerCase())
    this.#byIdentifier.set(key, name)
    return name
  }
}

/** A free text as a tag (`a-z 0-9 : + #`, `-` between); undefined when nothing of it is left. Pure. */
export function toTag(text: string): string | undefined {
  const tag = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9:+#]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replaceAll(/^-+|-+$/g, '')
  return tag === '' ? undefined : tag
}
