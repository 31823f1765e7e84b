import type { Database } from '#kernel/node/database'
import { edgesOf, EntityIndex, EntityQuery, IndexQuery, type CatalogReader, type Edge, type Entity, type PastCatalog, type PastEntity } from '#platform/catalog'
import { documentsAt, eachAt, lastIngestion, refsMentioning } from './history-store.ts'
import { edgesFrom, relationsOf } from './past-relations.ts'

/** How long the catalog of a time is kept in memory after it was last asked: pages of one list follow each other. */
const KEPT_MS = 60_000
/** Times that are kept at once. */
const MAX_KEPT = 1
/** A commit may carry a time a little before its end: the catalog of a time that near is not kept. */
const SETTLED_MS = 60_000

/** The catalog as it was: single entities straight from their documents, lists by an index that is made for the time and soon forgotten. */
export class DatabasePastCatalog implements PastCatalog {
  readonly #db: Database
  readonly #reader: () => Pick<CatalogReader, 'neighbours'>
  readonly #kept = new Map<number, { query: Promise<EntityQuery>; timer: NodeJS.Timeout }>()
  /** One index is made at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(db: Database, reader: () => Pick<CatalogReader, 'neighbours'>) {
    this.#db = db
    this.#reader = reader
  }

  async find(ref: string, at: Date): Promise<PastEntity | undefined> {
    const asked = ref.toLowerCase()
    const name = asked.slice(asked.lastIndexOf('/') + 1)
    const now = (await this.#reader().neighbours([asked])).flatMap(({ source, target }) => [source, target])
    const refs = new Set([asked, ...now, ...(await refsMentioning(this.#db, name, at))])
    const documents = await documentsAt(this.#db, [...refs], at)
    const body = documents.get(asked)
    if (body === undefined) return undefined
    const entity = JSON.parse(body) as Entity
    const relations = relationsOf(
      edgesFrom(
        asked,
        Array.from(documents.values(), (text) => JSON.parse(text) as Entity),
      ),
    )
    const ingestion = await lastIngestion(this.#db, asked, at)
    return { entity: { ...entity, relations }, source: ingestion?.source ?? '', commit: ingestion?.commit ?? '' }
  }

  async at(time: Date): Promise<Pick<EntityQuery, 'query'>> {
    const at = Math.min(time.getTime(), Date.now())
    const known = this.#kept.get(at)
    if (known) {
      known.timer.refresh()
      return await known.query
    }
    const made = this.#turn.then(async () => await pastQuery(this.#db, new Date(at)))
    this.#turn = made.catch(() => undefined)
    if (at > Date.now() - SETTLED_MS) return await made
    const forget = (): void => void this.#kept.delete(at)
    const timer = setTimeout(forget, KEPT_MS)
    timer.unref()
    this.#kept.set(at, { query: made, timer })
    made.catch(forget)
    for (const [oldest, { timer: running }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT) break
      clearTimeout(running)
      this.#kept.delete(oldest)
    }
    return await made
  }
}

/** The types of relations as they are written, by how the index has them. */
const TYPES = new Map(
  'ownedBy ownerOf partOf hasPart dependsOn dependencyOf providesApi apiProvidedBy consumesApi apiConsumedBy memberOf hasMember childOf parentOf'
    .split(' ')
    .map((type) => [`relations.${type.toLowerCase()}`, type]),
)

async function pastQuery(db: Database, at: Date): Promise<EntityQuery> {
  const index = new EntityIndex()
  await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const edges = new Map<string, Edge[]>()
      await eachAt(tx, at, (_row, ref, body) => {
        const entity = JSON.parse(body) as Entity
        index.put(0, ref, entity)
        for (const edge of edgesOf(entity)) {
          const found = edges.get(edge.sourceRef)
          if (found) found.push(edge)
          else edges.set(edge.sourceRef, [edge])
        }
      })
      for (const [ref, from] of edges) if (index.slotOf(ref) !== undefined) index.putRelations(ref, relationsOf(from))
    })
  index.trim()
  const state = { index, query: new IndexQuery(index) }
  return new EntityQuery(db, {
    now: state,
    ready: async () => state,
    refOfUid: async (uid) => {
      const slot = index.uids.slotOf(uid)
      return slot === undefined ? undefined : index.refOf(slot)
    },
    texts: async (slots) => {
      const refs = Array.from(slots, (slot) => ({ slot, ref: index.refOf(slot) }))
      const bodies = await documentsAt(
        db,
        refs.map(({ ref }) => ref),
        at,
      )
      return refs.flatMap(({ slot, ref }) => {
        const body = bodies.get(ref)
        return body === undefined ? [] : [{ slot, ref, json: `${body.slice(0, -1)},"relations":${JSON.stringify(relationsAt(index, slot))}}` }]
      })
    },
  })
}

function relationsAt(index: EntityIndex, slot: number): { type: string; targetRef: string }[] {
  const relations: { type: string; targetRef: string }[] = []
  index.forEachFact(slot, (key, value) => {
    const type = TYPES.get(index.pool.text(key))
    if (type !== undefined) relations.push({ type, targetRef: index.pool.text(value) })
  })
  return relations.sort((a, b) => (a.type < b.type || (a.type === b.type && a.targetRef < b.targetRef) ? -1 : 1))
}
