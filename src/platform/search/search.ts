import type { Caller, Permission, ResourceRef, Route } from '#kernel/node/http'
import { PLATFORM } from '#kernel/node/http'
import type { Logger } from '#kernel/node/log'
import type { Catalog } from '#platform/catalog'
import { entityView, kindOfSort, weightOfSort } from './entity-documents.ts'
import { EntitySearch, typeOfSort } from './entity-search.ts'
import { RecordSearch } from './record-search.ts'
import { searchRoutes } from './search-routes.ts'
import type { HitType, SearchHit, SearchSource } from './search-source.ts'
import { wordsOf } from './words.ts'

export interface SearchDeps {
  log: Logger
  catalog: Pick<Catalog, 'query' | 'subscribe'>
  sources: readonly SearchSource[]
  authorize: (caller: Caller, permission: Permission, resource: ResourceRef) => Promise<{ isAllowed: boolean }>
}

interface SearchAsked {
  text: string
  /** All when there is none. */
  types?: readonly HitType[]
  /** Kinds of entities in lower case; all when there are none. */
  kinds?: readonly string[]
  offset?: number
  limit: number
}

export interface Search {
  /** Best first, with how many there are of each type that the caller may see. */
  find(caller: Caller, asked: SearchAsked): Promise<{ items: SearchHit[]; counts: Partial<Record<HitType, number>> }>
  /** Says that a source's things have changed, all or by ref. */
  refresh(type: HitType, refs?: readonly string[]): Promise<void>
  /** Reads everything and follows the catalog. */
  start(): AsyncDisposable
  routes: Route[]
}

/** Answers are kept until something changes: people type the same beginnings. */
const MAX_ANSWERS = 1_000

/** Finds entities, APIs, pages, runs and changes by words. What has to be looked through is in memory; nothing is asked of the database but who may see what. */
export function createSearch(deps: SearchDeps): Search {
  const entities = new EntitySearch(deps.catalog, deps.log)
  const records = deps.sources.map((source) => new RecordSearch(source))
  const answers = new Map<string, Awaited<ReturnType<Search['find']>>>()
  let generation = 0
  const forget = (): void => {
    generation++
    answers.clear()
  }

  const find: Search['find'] = async (caller, asked) => {
    const words = wordsOf(asked.text, 8)
    const isWanted = (type: HitType): boolean => asked.types === undefined || asked.types.includes(type)
    const isSought = (sort: number): boolean => isWanted(typeOfSort(sort)) && (asked.kinds === undefined || asked.kinds.includes(kindOfSort(sort)))
    const allowed = await Promise.all(
      records.map(async ({ source }) => isWanted(source.type) && (await deps.authorize(caller, source.permission, PLATFORM)).isAllowed),
    )
    const shown = records.filter((_, at) => allowed[at])
    const index = await entities.ready()
    const key = JSON.stringify([words, asked.types, asked.kinds, asked.offset, asked.limit, shown.map(({ source }) => source.type)])
    const known = answers.get(key)
    if (known) return known
    const began = generation
    const offset = asked.offset ?? 0
    const question = { words, limit: offset + asked.limit }
    const counts: Partial<Record<HitType, number>> = {}
    const ranked: { score: number; view: () => SearchHit }[] = []
    if (isWanted('entity') || isWanted('api')) {
      const catalog = await deps.catalog.query.walk()
      const found = index.search({ ...question, weightOf: (sort) => (isSought(sort) ? weightOfSort(sort) : undefined) })
      for (const [sort, count] of found.counts) counts[typeOfSort(sort)] = (counts[typeOfSort(sort)] ?? 0) + count
      for (const hit of found.hits)
        ranked.push({ score: hit.score, view: () => ({ ...entityView(catalog, hit.key), type: typeOfSort(hit.sort), score: rounded(hit.score) }) })
    }
    for (const record of shown) {
      const found = record.index.search({ ...question, weightOf: () => record.source.weight })
      const count = found.counts.get(0) ?? 0
      if (count > 0) counts[record.source.type] = count
      for (const { key: ref, score } of found.hits) {
        const item = record.record(ref)
        if (!item) continue
        const { kind, title, summary, href } = item
        ranked.push({ score, view: () => ({ kind, ref, title, summary, href, type: record.source.type, score: rounded(score) }) })
      }
    }
    ranked.sort((a, b) => b.score - a.score)
    const answer = { items: ranked.slice(offset, offset + asked.limit).map(({ view }) => view()), counts }
    if (began === generation) answers.set(key, answer)
    if (answers.size > MAX_ANSWERS) for (const oldest of answers.keys()) if (answers.delete(oldest)) break
    return answer
  }

  const refresh: Search['refresh'] = async (type, refs) => {
    for (const record of records.filter(({ source }) => source.type === type)) {
      if (refs === undefined || record.isWorn) record.replace(await record.source.read())
      else record.take(refs, await record.source.read(refs))
      forget()
    }
  }

  return {
    find,
    refresh,
    routes: searchRoutes({ find }),
    start: () => {
      const unsubscribe = deps.catalog.subscribe((refs) => {
        forget()
        entities.onChanged(refs)
      })
      entities.onChanged('everything')
      const reading = Promise.all(
        deps.sources.map(async ({ type }) => {
          await refresh(type).catch((error: unknown) => deps.log.warn(`search: ${type} could not be read`, { error }))
        }),
      )
      return {
        [Symbol.asyncDispose]: async () => {
          unsubscribe()
          await reading
        },
      }
    },
  }
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000
}
