import type { LoadRequest } from './closed-loop.ts'
import { seededRandom, type Random } from './random.ts'
import { countOf, nameOf, TAGS, WORDS, type CatalogSize, type SeededKind } from './seeded-catalog.ts'

/** `repeated`: the same question again and again where Backstage was asked so; `random`: parameters drawn anew for each request, so that no cache of answers helps for long. */
export type Mode = 'repeated' | 'random'

/** A question about the catalog. */
export interface Scenario {
  name: string
  /** Makes the requests of one round. The same for the same size, mode and seed. */
  requests: (size: CatalogSize, mode: Mode, seed: number) => () => LoadRequest
}

interface Asking {
  random: Random
  size: CatalogSize
  /** `kind=component`; at random with some of type, lifecycle, tag, tier and region: 4,160 different ones. */
  filter: string
  name: (kind: SeededKind) => string
}

const BY_QUERY = '/api/catalog/entities/by-query'
const TYPES = ['service', 'website', 'library']
const LIFECYCLES = ['production', 'experimental', 'deprecated']

/** The questions that Backstage 1.55 was measured with, and those of its own query battery that differ from them. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('health', () => ({ path: '/healthz' })),
  scenario('trivial', () => ({ path: '/api/v1/workloads' })),
  scenario('list-20', ({ filter }) => page({ filter })),
  scenario('list-20-notot', ({ filter }) => page({ filter, totalItems: 'exclude' })),
  scenario('list-20-fields', ({ filter }) => page({ filter, fields: 'kind,metadata.name,spec.owner,spec.type' })),
  scenario('list-20-ordered', ({ filter }) => page({ filter, orderField: 'metadata.name,asc' })),
  scenario('list-20-fulltext', ({ random, filter }) => page({ filter, ...text(random) })),
  scenario('list-20-fulltext-ordered', ({ random, filter }) => page({ filter, ...text(random), orderField: 'metadata.name,asc' })),
  scenario('list-20-owner', ({ name }) => page({ filter: `relations.ownedBy=group:default/${name('Group')}` })),
  scenario('list-20-offset', ({ random, size, filter }) =>
    page({ filter, orderField: 'metadata.name,asc', offset: String(random.below(filter === 'kind=component' ? size.components : 20)) }),
  ),
  scenario('by-name', ({ name }) => ({ path: `/api/catalog/entities/by-name/component/default/${name('Component')}` })),
  scenario('by-refs-20', ({ name }) => ({
    method: 'POST',
    path: '/api/catalog/entities/by-refs',
    body: { entityRefs: Array.from({ length: 20 }, () => `component:default/${name('Component')}`) },
  })),
  scenario('facets-1', ({ filter }) => facets({ filter }, 'spec.type')),
  scenario('facets-4', ({ filter }) => facets({ filter }, 'kind', 'spec.lifecycle', 'metadata.tags', 'relations.ownedBy')),
  scenario('ancestry', ({ name }) => ({ path: `/api/catalog/entities/by-name/component/default/${name('Component')}/ancestry` })),
  scenario('search', ({ random }) => ({ path: `/api/v1/search?limit=25&q=${random.pick(WORDS)}%20${random.pick(WORDS)}` })),
  scenario('count', ({ filter }) => page({ filter, limit: '0' })),
  scenario('count-all', () => page({ limit: '0' })),
  scenario('list-unfiltered', () => page({})),
  scenario('facets-template', () => facets({ filter: 'kind=template' }, 'spec.type')),
  scenario('fulltext-name', ({ random, filter }) => page({ filter, fullTextFilterTerm: random.pick(WORDS), fullTextFilterFields: 'metadata.name' })),
  scenario('incoming-1', ({ name }) => ({ path: `/api/v1/entities/graph?depth=1&root=component:default/${name('Component')}` })),
  scenario('orphans', () => page({ filter: 'metadata.annotations.backstage.io/orphan=true' })),
  scenario('any-ordered-2000', ({ name }) => ({
    method: 'POST',
    path: BY_QUERY,
    body: {
      query: { $any: [{ 'relations.ownedBy': `group:default/${name('Group')}` }, { 'relations.partOf': `system:default/${name('System')}` }] },
      orderBy: [{ field: 'metadata.name', order: 'asc' }],
      limit: 2_000,
    },
  })),
]

function scenario(name: string, ask: (asking: Asking) => LoadRequest): Scenario {
  return {
    name,
    requests: (size, mode, seed) => {
      const random = seededRandom(seed * 2_654_435 + name.length * 97)
      const nameOfAny = (kind: SeededKind): string => nameOf(kind, random.below(countOf(kind, size)), size.seed ?? 1)
      return () => ask({ random, size, filter: mode === 'random' ? randomFilter(random) : 'kind=component', name: nameOfAny })
    },
  }
}

function randomFilter(random: Random): string {
  const one = (key: string, values: readonly string[]): string[] => {
    const drawn = random.below(values.length + 1)
    return drawn === values.length ? [] : [`${key}=${values[drawn]}`]
  }
  return [
    'kind=component',
    ...one('spec.type', TYPES),
    ...one('spec.lifecycle', LIFECYCLES),
    ...one('metadata.tags', TAGS),
    ...one('metadata.labels.tier', ['1', '2', '3', '4']),
    ...one('metadata.labels.region', ['eu', 'us', 'ap']),
  ].join(',')
}

function text(random: Random): Record<string, string> {
  return { fullTextFilterTerm: random.pick(WORDS), fullTextFilterFields: 'metadata.name,metadata.title,metadata.description' }
}

function page(query: Readonly<Record<string, string>>): LoadRequest {
  return { path: `${BY_QUERY}?${new URLSearchParams({ limit: '20', ...query }).toString()}` }
}

function facets(query: Readonly<Record<string, string>>, ...names: string[]): LoadRequest {
  const search = new URLSearchParams(query)
  for (const name of names) search.append('facet', name)
  return { path: `/api/catalog/entity-facets?${search.toString()}` }
}
