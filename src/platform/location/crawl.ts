import { isFault } from '#kernel/common/fault'
import { isGlob } from './glob.ts'
import type { HostAddress } from './host-address.ts'
import { listingsIn, type Listing } from './location-entity.ts'
import { looksLikeDescriptor } from './looks-like-descriptor.ts'
import { placeKey, type Address, type Place } from './place.ts'
import type { Found, PlaceReader } from './place-reader.ts'
import { resolveTarget } from './resolve-target.ts'

/** A file as the last reading left it. */
export interface KnownFile {
  key: string
  place: Place
  version: string | null
  /** Key of the file whose Location lists it, and the target as written there; null for what the location itself reads. */
  via: string | null
  target: string | null
  /** Ref of that Location entity. */
  parent: string | null
  listings: readonly Listing[]
  /** Files that its placeholders stand for, with what they were. */
  includes: readonly Include[]
}

/** A file that a placeholder stands for. */
export interface Include {
  place: Place
  version: string | null
}

/** A file as it is now. Without a text it is what it was, or could not be read and stays as it was (`isKept`). */
export interface CrawledFile extends KnownFile {
  text?: string
  isKept: boolean
}

/** Something that could not be read. `key` is the file that names it, null for the location itself. */
interface CrawlProblem {
  key: string | null
  /** Ref of the Location that lists it. */
  ref: string | null
  target: string
  message: string
  /** Trying again may help. */
  isPassing: boolean
}

export interface CrawlResult {
  files: CrawledFile[]
  problems: CrawlProblem[]
}

/** What the location itself reads. */
export interface CrawlRoot {
  address: Address
  /** As the location's owner wrote it, for messages. */
  target: string
  /** A glob may match nothing; a file must be there. */
  isRequired: boolean
  /** Of what is found, only files that look like descriptors count: nobody named them one by one. */
  isLoose?: boolean
}

interface Wanted {
  place: Place
  via: string | null
  target: string | null
  parent: string | null
  isRequired: boolean
  isLoose?: boolean | undefined
}

/** How far Locations may lead: levels, files, and characters in all. */
export interface CrawlLimits {
  depth: number
  files: number
  characters: number
}

const CRAWL_LIMITS: CrawlLimits = { depth: 10, files: 10_000, characters: 256 * 1024 * 1024 }

/**
 * Reads the files of a location and, level by level, what the Location entities in them list. A file is read once, however often it is listed, so circles end.
 * What can't be read now stays as it was, with all that it listed, and is a problem.
 */
export async function crawl(input: {
  roots: readonly CrawlRoot[]
  known: ReadonlyMap<string, KnownFile>
  keyOf: (place: Place) => string
  reader: PlaceReader
  hosts: readonly HostAddress[]
  limits?: CrawlLimits
}): Promise<CrawlResult> {
  const run = new Crawl(input)
  return await run.result()
}

class Crawl {
  readonly #input: Parameters<typeof crawl>[0]
  readonly #limits: CrawlLimits
  readonly #files = new Map<string, CrawledFile>()
  readonly #seen = new Set<string>()
  readonly #problems: CrawlProblem[] = []
  /** Of what could not be read: keys of files, and targets of listers, that stay as they were. */
  readonly #keptFiles = new Set<string>()
  readonly #keptTargets: { via: string | null; target: string }[] = []
  #characters = 0
  #isCut = false

  constructor(input: Parameters<typeof crawl>[0]) {
    this.#input = input
    this.#limits = input.limits ?? CRAWL_LIMITS
  }

  async result(): Promise<CrawlResult> {
    let level: Wanted[] = []
    for (const root of this.#input.roots)
      level.push(...(await this.#expand(root.address, { via: null, parent: null, target: root.target, isRequired: root.isRequired, isLoose: root.isLoose })))
    for (let depth = 0; level.length > 0; depth++) {
      const lists = await this.#readLevel(this.#fresh(level))
      level = []
      for (const { file, listing } of lists) {
        if (depth + 1 >= this.#limits.depth) this.#cut(file.key, listing, `Locations are nested deeper than ${this.#limits.depth} levels`)
        else for (const target of listing.targets) level.push(...(await this.#follow(file, listing, target)))
      }
    }
    this.#keep()
    return { files: [...this.#files.values()], problems: this.#problems }
  }

  /** Those that were not read yet, as far as the limit goes. */
  #fresh(level: readonly Wanted[]): Wanted[] {
    const fresh: Wanted[] = []
    for (const wanted of level) {
      const id = placeKey(wanted.place)
      if (this.#seen.has(id)) continue
      if (this.#seen.size >= this.#limits.files) {
        this.#cut(wanted.via, undefined, `it leads to more than ${this.#limits.files} files; the rest is left out`)
        break
      }
      this.#seen.add(id)
      fresh.push(wanted)
    }
    return fresh
  }

  async #readLevel(level: readonly Wanted[]): Promise<{ file: CrawledFile; listing: Listing }[]> {
    const { known, keyOf, reader } = this.#input
    const versions = await this.#versionsOf(level)
    const found = await reader.read(level.map(({ place }, index) => ({ place, version: versions[index] ?? null })))
    return level.flatMap((wanted, index) => {
      const key = keyOf(wanted.place)
      const before = known.get(key)
      const now: Found = found[index] ?? { is: 'failed', message: 'it was not read' }
      if (now.is === 'absent' || now.is === 'failed') {
        if (now.is === 'absent' && !wanted.isRequired) return []
        this.#keptFiles.add(key)
        this.#problem(wanted, now.message, now.is === 'failed')
        return []
      }
      if (now.is === 'text' && (this.#characters += now.text.length) > this.#limits.characters) {
        this.#keptFiles.add(key)
        this.#cut(wanted.via, undefined, 'its files are larger than can be read at once; the rest is left out')
        return []
      }
      if (wanted.isLoose === true && now.is === 'text' && !looksLikeDescriptor(now.text)) return []
      // A file that can't be parsed lists what it listed before.
      const listings = now.is === 'text' ? (listingsIn(key, now.text) ?? before?.listings ?? []) : (before?.listings ?? [])
      const file: CrawledFile = {
        key,
        place: wanted.place,
        via: wanted.via,
        target: wanted.target,
        parent: wanted.parent,
        version: now.is === 'text' ? now.version : (before?.version ?? null),
        listings,
        includes: before?.includes ?? [],
        isKept: false,
        ...(now.is === 'text' ? { text: now.text } : {}),
      }
      this.#files.set(key, file)
      return listings.map((listing) => ({ file, listing }))
    })
  }

  /** What each file was at the last reading; null (read it in any case) when something that its placeholders stand for has changed. */
  async #versionsOf(level: readonly Wanted[]): Promise<(string | null)[]> {
    const { known, keyOf, reader } = this.#input
    const before = level.map(({ place }) => known.get(keyOf(place)))
    const includes = before.flatMap((file, index) => (file?.includes ?? []).map((include) => ({ ...include, index })))
    const now = includes.length === 0 ? [] : await reader.read(includes)
    const altered = new Set(includes.filter((_, at) => now[at]?.is !== 'unchanged').map(({ index }) => index))
    return before.map((file, index) => (file === undefined || altered.has(index) ? null : file.version))
  }

  async #follow(file: CrawledFile, listing: Listing, target: string): Promise<Wanted[]> {
    const lister = { via: file.key, target, parent: listing.ref, isRequired: listing.isRequired }
    if (listing.type !== undefined && listing.type !== 'url' && listing.type !== 'file') {
      this.#problem(lister, `targets of type "${listing.type}" are not read; "url" and "file" are`, false)
      return []
    }
    const address = resolveTarget(file.place, target, this.#input.hosts)
    if (!('problem' in address)) return await this.#expand(address, lister)
    this.#problem(lister, address.problem, false)
    return []
  }

  async #expand(address: Address, lister: Omit<Wanted, 'place' | 'target'> & { target: string }): Promise<Wanted[]> {
    const wanted = { ...lister, target: lister.via === null ? null : lister.target }
    try {
      const place = await this.#input.reader.settle(address)
      // A path on the machine may be a folder; only looking tells. What a Location lists is a file, and so is a required root.
      const isOneFile = place.type === 'http' || (!isGlob(place.path) && (lister.via !== null || (lister.isRequired && place.type === 'repository')))
      if (isOneFile) return [{ ...wanted, place }]
      return (await this.#input.reader.list(place)).map((found) => ({
        ...wanted,
        place: found,
        isRequired: found.type === 'folder' && place.type === 'folder' && found.path === place.path,
        isLoose: lister.isLoose === true && placeKey(found) !== placeKey(place),
      }))
    } catch (error) {
      if (!isFault(error)) throw error
      this.#keptTargets.push({ via: lister.via, target: lister.target })
      this.#problem(lister, error.message, error.retry !== 'no')
      return []
    }
  }

  #problem(at: { via: string | null; parent: string | null; target: string | null }, message: string, isPassing: boolean): void {
    if (at.target !== null && at.via !== null) this.#keptTargets.push({ via: at.via, target: at.target })
    this.#problems.push({ key: at.via, ref: at.parent, target: at.target ?? '', message, isPassing })
  }

  #cut(key: string | null, listing: Listing | undefined, message: string): void {
    if (!this.#isCut) this.#problems.push({ key, ref: listing?.ref ?? null, target: listing?.targets[0] ?? '', message, isPassing: false })
    this.#isCut = true
  }

  /** Puts the files of the last reading that could not be read now among the others, with all that they listed. */
  #keep(): void {
    const known = [...this.#input.known.values()]
    const byLister = Map.groupBy(known, (file) => file.via ?? '')
    const keep = (file: KnownFile): void => {
      if (this.#files.has(file.key)) return
      // What it is now nobody knows: the next reading looks at it in any case.
      this.#files.set(file.key, { ...file, version: null, isKept: true })
      for (const child of byLister.get(file.key) ?? []) keep(child)
    }
    for (const file of known) if (this.#isCut || this.#keptFiles.has(file.key)) keep(file)
    for (const { via, target } of this.#keptTargets) for (const file of byLister.get(via ?? '') ?? []) if (via === null || file.target === target) keep(file)
  }
}
