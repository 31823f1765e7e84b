import fc from 'fast-check'
import { EntityIndex } from '../src/platform/catalog/index/entity-index.ts'
import { IndexQuery } from '../src/platform/catalog/index/index-query.ts'
import { assertPredicate, parseFilters } from '../src/platform/catalog/entity-predicate.ts'
import type { Entity } from '../src/platform/catalog/entity.ts'
import { readFile } from '../src/platform/catalog/ingestion/read-file.ts'
import { isFault } from '#kernel/common/fault'
import type { BenchContext, Measurement } from './measure.ts'
import { documentOf, type SeededKind } from './catalog/seeded-catalog.ts'
import { catalogYaml } from './catalog/catalog-yaml.ts'

/** Cases of each: what tests run a twentieth of. */
const CASES = 100_000

/** Descriptors and filters that nobody would write: nothing may fail, and nothing may take long. @throws at the first case that fails. */
export async function measureFuzz(context: BenchContext): Promise<Measurement[]> {
  return [await fuzzDescriptors(context), fuzzFilters(context)]
}

async function fuzzDescriptors(context: BenchContext): Promise<Measurement> {
  const good = (['Component', 'API', 'Group', 'User', 'Resource'] as SeededKind[]).map((kind, at) => catalogYaml([documentOf(kind, at, { components: 100 })]))
  // oxfmt-ignore
  const piece = fc.constantFrom(
    'kind: ', '\n', '\n  ', '{', '}', '[', ']', '---\n', '- ', ': ', '"', "'",
    '&a ', '*a', '!!x ', '$text: x', '|\n', '>\n', '\t', '#', ',', '\u0000', '\ud800', '__proto__: ',
    'null', '%YAML 1.1\n', '...\n', '? ', '<<: *a', 'x'.repeat(300), '9'.repeat(40), '[[[[[[', 'metadata:', 'spec: 7\n',
  )
  const edits = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.oneof(piece, fc.string({ maxLength: 8 }))), {
    minLength: 1,
    maxLength: 5,
  })
  const descriptor = fc.tuple(fc.constantFrom(...good), edits).map(([text, changes]) =>
    changes.reduce((current, [share, length, put]) => {
      const at = Math.floor(share * current.length)
      return current.slice(0, at) + put + current.slice(at + length)
    }, text),
  )
  let longestMs = 0
  let wrong = 0
  const startedAt = performance.now()
  await fc.assert(
    fc.asyncProperty(descriptor, async (text) => {
      const from = performance.now()
      const found = await readFile({ path: 'x.yaml', text, location: 'url:http://x.test/x.yaml' }, 'fuzz', { level: 'catalog' }, {})
      longestMs = Math.max(longestMs, performance.now() - from)
      if (found.problems.length > 0) wrong++
      for (const { body } of found.declarations) JSON.parse(body)
    }),
    { numRuns: CASES, seed: context.runs },
  )
  return report('descriptors', { longestMs, tookMs: performance.now() - startedAt, refused: wrong })
}

function fuzzFilters(context: BenchContext): Measurement {
  const index = new EntityIndex()
  for (let at = 0; at < 2_000; at++) {
    const document = documentOf('Component', at, { components: 2_000 }) as unknown as Entity
    const ref = `component:default/${document.metadata.name}`
    index.put(at, ref, { ...document, metadata: { ...document.metadata, uid: `00000000-0000-4000-8000-${at.toString(16).padStart(12, '0')}` } })
  }
  index.version = 1
  const query = new IndexQuery(index)
  const key = fc.oneof(
    fc.constantFrom(
      'kind',
      'metadata.name',
      'spec.type',
      'metadata.tags',
      'metadata.tags.java',
      'metadata.uid',
      'relations',
      'relations.ownedBy',
      '__proto__',
      '',
      '.',
      'METADATA.LABELS.TIER',
    ),
    fc.string({ maxLength: 12 }),
  )
  const junk = fc.oneof(
    fc.constantFrom('component', 'true', 'service', '', 'java', '\u0000', '\ud800', '$in', '1'),
    fc.string({ maxLength: 16 }),
    fc.integer(),
    fc.boolean(),
  )
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      fc.dictionary(
        key,
        fc.oneof(
          junk,
          fc
            .tuple(fc.constantFrom('$in', '$contains', '$exists', '$hasPrefix', '$x'), fc.oneof(junk, fc.array(junk, { maxLength: 4 })))
            .map(([name, operand]) => ({ [name]: operand })),
        ),
        { maxKeys: 3 },
      ),
      fc.tuple(fc.constantFrom('$all', '$any'), fc.array(tie('node'), { maxLength: 4 })).map(([name, operand]) => ({ [name]: operand })),
      tie('node').map(($not) => ({ $not })),
      fc.anything({ maxDepth: 1 }),
    ),
  }))
  const filters = fc.array(
    fc
      .array(
        fc.oneof(
          key,
          fc.tuple(key, junk).map(([name, value]) => `${name}=${String(value)}`),
        ),
        { maxLength: 4 },
      )
      .map((parts) => parts.join(',')),
    { maxLength: 3 },
  )
  const orders = fc.array(fc.record({ field: key, order: fc.constantFrom('asc' as const, 'desc' as const) }), { maxLength: 2 })
  let longestMs = 0
  let refused = 0
  const startedAt = performance.now()
  fc.assert(
    fc.property(fc.oneof(node, filters), orders, fc.option(fc.string({ minLength: 1, maxLength: 4 }), { nil: undefined }), (asked, order, term) => {
      const from = performance.now()
      try {
        const predicate = Array.isArray(asked) && asked.every((filter) => typeof filter === 'string') ? parseFilters(asked) : assertPredicate(asked)
        query.result({
          ...(predicate ? { predicate } : {}),
          ...(term === undefined ? {} : { text: { term, fields: ['metadata.name', 'metadata.description'] } }),
          orders: order,
          tie: 'uid',
          missing: 'last',
        })
        query.facet('spec.type', predicate)
      } catch (error) {
        if (!isFault(error, 'platform.catalog.bad_query')) throw error
        refused++
      }
      longestMs = Math.max(longestMs, performance.now() - from)
    }),
    { numRuns: CASES, seed: context.runs },
  )
  return report('filters', { longestMs, tookMs: performance.now() - startedAt, refused })
}

function report(what: string, { longestMs, tookMs, refused }: { longestMs: number; tookMs: number; refused: number }): Measurement {
  return {
    name: `fuzz ${what}`,
    value: longestMs,
    unit: 'ms',
    aim: '<= 100',
    how: `the longest of ${CASES} cases, ${refused} of them refused, none failed; all in ${(tookMs / 1000).toFixed(0)} s`,
  }
}
