/** A User entity of the catalog, as directories are matched with it. */
export interface KnownPerson {
  /** E.g. `user:default/ana`. */
  ref: string
  /** Annotation `fairway.dev/directory`, e.g. `scim:3f0c…`: which directory's person it is; undefined for one of the organisation's own files. */
  mark: string | undefined
  email: string | undefined
  /** Whether it counts for rights. */
  isTrusted: boolean
}

/** The people whom the catalog holds. */
export interface KnownPeople {
  byName(name: string): Promise<KnownPerson | undefined>
  byEmail(email: string): Promise<readonly KnownPerson[]>
}

/**
 * Whether an entity is the person whom a directory means: its own entity, or one with the same address. A like name is not enough: `ana@one.example` and
 * `ana@other.example` are both called `ana`. Pure.
 */
export function isSamePerson(entity: Pick<KnownPerson, 'mark' | 'email'>, person: { mark: string; email: string | null }): boolean {
  if (entity.mark !== undefined && entity.mark === person.mark) return true
  return person.email !== null && entity.email?.toLowerCase() === person.email.toLowerCase()
}

/**
 * Whom somebody who signs in is: the one person who counts with this verified address, else the entity that is their own.
 * @returns undefined when nobody, or when the address is that of several.
 */
export async function principalOf(people: KnownPeople, person: { name: string | undefined; email: string | null; mark: string }): Promise<string | undefined> {
  if (person.email !== null) {
    const found = (await people.byEmail(person.email)).filter((known) => known.isTrusted)
    if (found.length > 1) return undefined
    if (found[0]) return found[0].ref
  }
  const own = person.name === undefined ? undefined : await people.byName(person.name)
  return own?.isTrusted === true && own.mark === person.mark ? own.ref : undefined
}
