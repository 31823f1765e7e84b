import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EntityPosition } from '../catalog-reader.ts'
import type { Entity } from '../entity.ts'
import type { EntityPredicate, ValuePredicate } from '../entity-predicate.ts'
import { entityRefOf } from '../entity-ref.ts'
import { uidOf } from '../ingestion/entity-document.ts'
import { factsOf } from './entity-facts.ts'
import { EntityIndex } from './entity-index.ts'
import { positionOf, readIndexPage } from './index-page.ts'
import { IndexQuery, type IndexQuestion } from './index-query.ts'

const text = fc.constantFrom('Service', 'service', 'website', 'Ä', 'a.b', 'team-a', 'x', '10', '9')
const entity = fc
  .record({
    kind: fc.constantFrom('Component', 'API', 'System'),
    name: fc.constantFrom('a', 'b', 'C', 'dd', 'e-1', 'e-10'),
    type: fc.option(text, { nil: undefined }),
    tags: fc.array(text, { maxLength: 3 }),
    title: fc.option(fc.constantFrom('One', 'two', 'TWO', 'x'.repeat(201)), { nil: undefined }),
    labels: fc.dictionary(fc.constantFrom('tier', 'x.y/z'), text, { maxKeys: 2 }),
    owner: fc.option(fc.constantFrom('group:default/a', 'group:default/b'), { nil: undefined }),
  })
  .map(({ kind, name, type, tags, title, labels, owner }): Entity => {
    const declared: Entity = {
      apiVersion: 'backstage.io/v1alpha1',
      kind,
      metadata: { name, namespace: 'default', tags, labels, ...(title === undefined ? {} : { title }) },
      spec: type === undefined ? {} : { type, mixed: [1, '1'] },
      relations: owner === undefined ? [] : [{ type: 'ownedBy', targetRef: owner }],
    }
    return { ...declared, metadata: { ...declared.metadata, uid: uidOf(entityRefOf(declared)) } }
  })
const FIELDS = [
  'kind',
  'metadata.name',
  'metadata.tags',
  'metadata.tags.service',
  'metadata.tags.a.b',
  'metadata.title',
  'metadata.labels.tier',
  'metadata.labels.x.y/z',
  'spec.type',
  'spec.mixed',
  'relations.ownedBy',
  'absent',
]
const field = fc.constantFrom(...FIELDS, ...FIELDS.map((name) => name.toUpperCase()))
const word = fc.oneof(text, fc.constantFrom('component', 'COMPONENT', 'true', 'group:default/a', 'two', '1', ''))
const value: fc.Arbitrary<ValuePredicate> = fc.oneof(
  word,
  fc.array(word, { maxLength: 3 }).map(($in) => ({ $in })),
  word.map(($contains) => ({ $contains })),
  fc.boolean().map(($exists) => ({ $exists })),
  fc.constantFrom('', 's', 'S', 'tw', 'group:', 'tr').map(($hasPrefix) => ({ $hasPrefix })),
)
const { predicate } = fc.letrec<{ predicate: EntityPredicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(field, value).map(([name, wanted]) => ({ [name]: wanted })),
    fc.array(tie('predicate'), { maxLength: 3 }).map(($all) => ({ $all })),
    fc.array(tie('predicate'), { maxLength: 3 }).map(($any) => ({ $any })),
    tie('predicate').map(($not) => ({ $not })),
  ),
}))

/** What the index must answer, by looking at each entity. */
function holds(item: Entity, wanted: EntityPredicate): boolean {
  if ('$all' in wanted) return (wanted.$all as EntityPredicate[]).every((part) => holds(item, part))
  if ('$any' in wanted) return (wanted.$any as EntityPredicate[]).some((part) => holds(item, part))
  if ('$not' in wanted) return !holds(item, wanted.$not as EntityPredicate)
  return Object.entries(wanted).every(([name, part]) => {
    const values = valuesOf(item, name.toLowerCase())
    const known = values.flatMap((found) => (found === null ? [] : [found.toLowerCase()]))
    const is = (candidate: unknown): boolean => known.includes(String(candidate).toLowerCase())
    if (typeof part !== 'object') return is(part)
    if ('$in' in part) return part.$in.some(is)
    if ('$contains' in part) return is(part.$contains)
    if ('$hasPrefix' in part) return known.some((found) => found.startsWith(part.$hasPrefix.toLowerCase()))
    return values.length > 0 === (part as { $exists: boolean }).$exists
  })
}

function valuesOf(item: Entity, key: string): (string | null)[] {
  return factsOf(item).flatMap((fact) => [
    ...(fact.key === key ? [fact.value] : []),
    ...(fact.isItem && fact.value !== null && `${fact.key}.${fact.value}`.toLowerCase() === key ? ['true'] : []),
  ])
}

/** An index after a history of puts and removals, asked in between so that columns are made early and kept up. */
function replay(steps: readonly { item: Entity; isRemoved: boolean }[]): { index: EntityIndex; query: IndexQuery; items: Map<string, Entity> } {
  const index = new EntityIndex()
  const query = new IndexQuery(index)
  const items = new Map<string, Entity>()
  for (const [at, { item, isRemoved }] of steps.entries()) {
    const ref = entityRefOf(item)
    if (isRemoved) {
      index.remove(ref)
      items.delete(ref)
    } else {
      index.put(at, ref, item)
      items.set(ref, item)
    }
    index.version++
    if (at % 3 === 0)
      for (const name of FIELDS)
        query.result({ predicate: { [name]: { $exists: true } }, orders: [{ field: name, order: 'asc' }], tie: 'ref', missing: 'last' })
    if (at % 5 === 0) query.set(undefined, { term: 'e', fields: ['metadata.name', 'metadata.title'] })
  }
  return { index, query, items }
}
const steps = fc.array(fc.record({ item: entity, isRemoved: fc.boolean().map((yes) => yes) }), { maxLength: 25 })

describe('the index', () => {
  it('finds what a look at each entity finds, whatever happened before', () => {
    fc.assert(
      fc.property(steps, fc.array(predicate, { minLength: 1, maxLength: 5 }), (history, asked) => {
        const { index, query, items } = replay(history)
        for (const wanted of asked) {
          const found = Array.from(query.set(wanted).toSorted(), (slot) => index.refOf(slot)).sort()
          const expected = [...items].flatMap(([ref, item]) => (holds(item, wanted) ? [ref] : [])).sort()
          expect({ wanted, found }).toEqual({ wanted, found: expected })
        }
      }),
      { numRuns: 400 },
    )
  })

  it('finds substrings of the fields that are asked', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom('e', 'E-1', 'o', 'TWO', 'a.', 'zz', 'group:default'), fc.subarray(FIELDS), (history, term, fields) => {
        const { index, query, items } = replay(history)
        const found = Array.from(query.set(undefined, { term, fields }).toSorted(), (slot) => index.refOf(slot)).sort()
        const expected = [...items].flatMap(([ref, item]) =>
          fields.some((name) => factsOf(item).some((fact) => fact.key === name.toLowerCase() && fact.value?.toLowerCase().includes(term.toLowerCase())))
            ? [ref]
            : [],
        )
        expect(found).toEqual(expected.sort())
      }),
      { numRuns: 200 },
    )
  })

  it('orders by several fields, either way, those without a value last, ties by ref', () => {
    const orders = fc.array(
      fc.record({ field: fc.constantFrom('metadata.name', 'spec.type', 'metadata.title', 'metadata.tags'), order: fc.constantFrom('asc', 'desc') }),
      { maxLength: 3 },
    )
    fc.assert(
      fc.property(steps, orders, (history, wanted) => {
        const { index, query, items } = replay(history)
        const { slots } = query.result({ orders: wanted as { field: string; order: 'asc' | 'desc' }[], tie: 'ref', missing: 'last' })
        const key = (item: Entity, name: string): string | undefined =>
          valuesOf(item, name)
            .flatMap((found) => (found === null ? [] : [found.toLowerCase()]))
            .sort(byText)[0]
        const expected = [...items].sort(([refA, a], [refB, b]) => {
          for (const { field: name, order } of wanted) {
            const [left, right] = [key(a, name), key(b, name)]
            if (left === right) continue
            if (left === undefined) return 1
            if (right === undefined) return -1
            return (left < right ? -1 : 1) * (order === 'desc' ? -1 : 1)
          }
          return refA < refB ? -1 : 1
        })
        expect(Array.from(slots, (slot) => index.refOf(slot))).toEqual(expected.map(([ref]) => ref))
      }),
      { numRuns: 300 },
    )
  })

  it('pages the same way whichever way it takes: by offset, forwards and backwards', () => {
    const asked = fc.record({
      predicate: fc.option(fc.oneof(predicate, fc.constantFrom({ kind: 'component' }, { $not: { kind: 'nobody' } })), { nil: undefined }),
      orders: fc.array(
        fc.record({
          field: fc.constantFrom('metadata.name', 'spec.type', 'metadata.title', 'METADATA.UID'),
          order: fc.constantFrom('asc' as const, 'desc' as const),
        }),
        { maxLength: 1 },
      ),
      missing: fc.constantFrom('last' as const, 'left-out' as const),
      tie: fc.constantFrom('uid' as const, 'ref' as const),
      limit: fc.integer({ min: 1, max: 4 }),
      offset: fc.nat(5),
    })
    fc.assert(
      fc.property(steps, asked, (history, { limit, offset, ...rest }) => {
        const { index, query } = replay(history)
        const question = { ...rest, ...(rest.predicate ? { predicate: rest.predicate } : {}) } as IndexQuestion
        if (rest.predicate === undefined) delete question.predicate
        const all = [...query.result(question).slots]
        const page = readIndexPage(index, query, question, { offset, limit })
        expect({ total: page.total, slots: [...page.slots], hasMore: page.hasMore }).toEqual({
          total: all.length,
          slots: all.slice(offset, offset + limit),
          hasMore: all.length > offset + limit,
        })
        if (question.tie === 'ref') return
        const seen: number[] = []
        let from: EntityPosition | undefined
        for (let turn = 0; turn < 40; turn++) {
          const next = readIndexPage(index, query, question, { offset: 0, limit, ...(from ? { from } : {}) })
          seen.push(...next.slots)
          const last = next.slots.at(-1)
          if (!next.hasMore || last === undefined) break
          from = positionOf(index, next.order, last)
        }
        expect(seen).toEqual(all)
        const back: number[] = []
        const end = all.at(-1)
        if (end === undefined) return
        from = { ...positionOf(index, page.order, end), isBackwards: true }
        for (let turn = 0; turn < 40; turn++) {
          const previous = readIndexPage(index, query, question, { offset: 0, limit, from })
          back.unshift(...previous.slots)
          const [first] = previous.slots
          if (!previous.hasMore || first === undefined) break
          from = { ...positionOf(index, previous.order, first), isBackwards: true }
        }
        expect([...back, end]).toEqual(all)
      }),
      { numRuns: 600 },
    )
  })

  it('counts facets as they are written', () => {
    fc.assert(
      fc.property(
        steps,
        fc.constantFrom(...FIELDS.filter((name) => !name.startsWith('metadata.tags.'))),
        fc.option(predicate, { nil: undefined }),
        (history, name, wanted) => {
          const { query, items } = replay(history)
          const counts = new Map<string, number>()
          for (const item of items.values()) {
            if (wanted && !holds(item, wanted)) continue
            for (const found of new Set(valuesOf(item, name.toLowerCase()))) if (found !== null) counts.set(found, (counts.get(found) ?? 0) + 1)
          }
          expect(query.facet(name, wanted)).toEqual([...counts].map(([found, count]) => ({ value: found, count })).sort((a, b) => byText(a.value, b.value)))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('keeps slots, texts and bits right over a thousand entities', () => {
    const index = new EntityIndex()
    const query = new IndexQuery(index)
    const make = (at: number): Entity => ({
      apiVersion: 'v',
      kind: at % 3 === 0 ? 'API' : 'Component',
      metadata: { name: `n${at}`, uid: uidOf(`x:default/n${at}`) },
      spec: { type: `t${at % 7}` },
    })
    for (let at = 0; at < 3_000; at++) index.put(at, `x:default/n${at}`, make(at))
    index.version++
    expect(query.set({ $all: [{ kind: 'api' }, { 'spec.type': { $in: ['t1', 't2'] } }] }).size).toBe(
      Array.from({ length: 3_000 }, (_, at) => at).filter((at) => at % 3 === 0 && [1, 2].includes(at % 7)).length,
    )
    for (let at = 0; at < 3_000; at += 2) index.remove(`x:default/n${at}`)
    index.version++
    expect(query.set(undefined).size).toBe(1_500)
    expect(query.facet('kind', undefined)).toEqual([
      { value: 'API', count: 500 },
      { value: 'Component', count: 1_000 },
    ])
    expect(Array.from(index.uids.slots(), (slot) => index.uids.uidOf(slot))).toEqual(
      Array.from({ length: 1_500 }, (_, at) => uidOf(`x:default/n${at * 2 + 1}`)).sort(),
    )
    for (let at = 0; at < 3_000; at += 2) index.put(at, `x:default/n${at}`, make(at))
    index.version++
    expect(index.slotCount).toBe(3_000)
    expect(query.set({ $not: { kind: 'api' } }).size).toBe(2_000)
  })
})

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
