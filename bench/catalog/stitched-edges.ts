import { countOf, documentOf, nameOf, PER_1000, type CatalogDocument, type CatalogSize, type SeededKind } from './seeded-catalog.ts'

/** One end's view of an edge. */
export interface StitchedRelation {
  type: string
  targetRef: string
}

const KINDS = Object.keys(PER_1000) as SeededKind[]
const TYPES = [
  ['ownedBy', 'ownerOf'],
  ['partOf', 'hasPart'],
  ['memberOf', 'hasMember'],
  ['providesApi', 'apiProvidedBy'],
  ['consumesApi', 'apiConsumedBy'],
  ['dependsOn', 'dependencyOf'],
] as const
const NAMES = TYPES.flat()

/** All relations of a seeded catalog, both directions, in 8 bytes each: a million entities have eight million of them. */
export class StitchedEdges {
  readonly #size: CatalogSize
  readonly #starts: Uint32Array
  readonly #types: Uint8Array
  readonly #others: Uint32Array
  readonly #offsets: ReadonlyMap<SeededKind, number>

  constructor(size: CatalogSize) {
    this.#size = size
    const offsets = new Map<SeededKind, number>()
    let count = 0
    for (const kind of KINDS) {
      offsets.set(kind, count)
      count += countOf(kind, size)
    }
    this.#offsets = offsets
    // Twice over all documents: first how many ends each entity has, then what they are.
    const ends = new Uint32Array(count + 1)
    this.#each((source, _type, target) => {
      ends[source + 1] = (ends[source + 1] ?? 0) + 1
      ends[target + 1] = (ends[target + 1] ?? 0) + 1
    })
    for (let index = 0; index < count; index++) ends[index + 1] = (ends[index + 1] ?? 0) + (ends[index] ?? 0)
    this.#starts = ends
    const next = ends.slice()
    this.#types = new Uint8Array(ends[count] ?? 0)
    this.#others = new Uint32Array(ends[count] ?? 0)
    const put = (at: number, type: number, other: number): void => {
      const slot = next[at] ?? 0
      this.#types[slot] = type
      this.#others[slot] = other
      next[at] = slot + 1
    }
    this.#each((source, type, target) => {
      put(source, type * 2, target)
      put(target, type * 2 + 1, source)
    })
  }

  /** Relations of the `index`th of a kind. */
  of(kind: SeededKind, index: number): StitchedRelation[] {
    const at = (this.#offsets.get(kind) ?? 0) + index
    const relations: StitchedRelation[] = []
    for (let slot = this.#starts[at] ?? 0; slot < (this.#starts[at + 1] ?? 0); slot++)
      relations.push({ type: NAMES[this.#types[slot] ?? 0] ?? '', targetRef: this.#refAt(this.#others[slot] ?? 0) })
    return relations
  }

  #refAt(position: number): string {
    const kind = KINDS.findLast((one) => (this.#offsets.get(one) ?? 0) <= position) ?? 'Component'
    return `${kind.toLowerCase()}:default/${nameOf(kind, position - (this.#offsets.get(kind) ?? 0), this.#size.seed ?? 1)}`
  }

  #each(visit: (source: number, type: number, target: number) => void): void {
    for (const kind of KINDS) {
      const offset = this.#offsets.get(kind) ?? 0
      for (let index = 0; index < countOf(kind, this.#size); index++)
        for (const [type, target, number] of declaredEdges(documentOf(kind, index, this.#size)))
          visit(offset + index, type, (this.#offsets.get(target) ?? 0) + number)
    }
  }
}

/** What a document declares: type, kind of the target, and its number, which ends its name. */
function declaredEdges({ spec }: CatalogDocument): [type: number, target: SeededKind, index: number][] {
  const edges: [number, SeededKind, number][] = []
  const add = (field: string, type: number, kind: SeededKind): void => {
    const value = spec[field]
    for (const name of typeof value === 'string' ? [value] : ((value as string[] | undefined) ?? [])) {
      const target = name.startsWith('resource:') ? 'Resource' : kind
      edges.push([type, target, Number(name.slice(name.lastIndexOf('-') + 1))])
    }
  }
  add('owner', 0, 'Group')
  add('system', 1, 'System')
  add('domain', 1, 'Domain')
  add('memberOf', 2, 'Group')
  add('providesApis', 3, 'API')
  add('consumesApis', 4, 'API')
  add('dependsOn', 5, 'Component')
  return edges
}
