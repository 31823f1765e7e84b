import type { Address, Place } from './place.ts'

/** What became of one file that was to be read. */
export type Found =
  /** `version` is what tells at the next reading that nothing changed; null where nothing does. */
  | { is: 'text'; text: string; version: string | null }
  | { is: 'unchanged' }
  /** It is certain that there is no such file. */
  | { is: 'absent'; message: string }
  /** Nobody knows: the other side is away, or refuses. */
  | { is: 'failed'; message: string }

/** Reads places of every kind. For one reading of one location: what it learns it keeps, so that all files are of one moment. */
export interface PlaceReader {
  /** Tells ref and path apart. @throws a fault in words for the author when the repository is unknown or can't be asked. */
  settle(address: Address): Promise<Place>
  /** The files that a place with a glob (or, for a folder, a folder) means, by path. @throws a fault in words for the author. */
  list(pattern: Place): Promise<readonly Place[]>
  /** Reads files; never throws. `version` is what the last reading found, null to read in any case. */
  read(wanted: readonly { place: Place; version: string | null }[]): Promise<readonly Found[]>
}
