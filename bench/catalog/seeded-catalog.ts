import { seededRandom, type Random } from './random.ts'

/** A descriptor as it stands in a file. */
export interface CatalogDocument {
  apiVersion: 'backstage.io/v1alpha1'
  kind: string
  metadata: { name: string; [field: string]: unknown }
  spec: Record<string, unknown>
}

/** How large a catalog is. */
export interface CatalogSize {
  /** Components; everything else goes along with them. */
  components: number
  /** The same seed makes the same catalog. Default 1. */
  seed?: number
}

/** Kinds in the order of their documents, and how many there are to 1000 Components: the data on which Backstage 1.55 was measured. */
export const PER_1000 = { Group: 20, User: 100, Domain: 5, System: 50, API: 250, Resource: 100, Component: 1000 } as const

/** One of the kinds of a seeded catalog. */
export type SeededKind = keyof typeof PER_1000

/** Words of names and descriptions. */
export const WORDS =
  'alerts audit billing booking build cache catalog chat checkout consent driver export fleet fraud geo identity image invoice media payments pricing profile report returns risk search session shipping video'.split(
    ' ',
  )
export const TAGS = 'java nodejs go python rust beta internal pci gdpr batch streaming critical'.split(' ')
const ROLES = ['worker', 'web', 'batch', 'proxy', 'admin']
const SUFFIX: Partial<Record<SeededKind, string>> = { Domain: 'domain', System: 'system', API: 'api', Resource: 'db' }
const DIGITS: Record<SeededKind, number> = { Group: 4, User: 5, Domain: 3, System: 4, API: 5, Resource: 5, Component: 6 }

/** How many there are of a kind: at least one. */
export function countOf(kind: SeededKind, { components }: CatalogSize): number {
  return Math.max(1, Math.round((components * PER_1000[kind]) / 1000))
}

/** How many documents there are in all, e.g. 15,250 for 10,000 Components. */
export function entityCountOf(size: CatalogSize): number {
  return kinds().reduce((sum, kind) => sum + countOf(kind, size), 0)
}

/** Name of the `index`th of a kind. Depends on nothing else, so that anybody can refer to it. */
export function nameOf(kind: SeededKind, index: number, seed = 1): string {
  const random = seededRandom(seed * 7_919 + kinds().indexOf(kind) * 104_729 + index * 31)
  const number = String(index).padStart(DIGITS[kind], '0')
  if (kind === 'Group') return `team-${random.pick(WORDS)}-${number}`
  if (kind === 'User') return `${random.pick(WORDS)}.${random.pick(WORDS)}-${number}`
  if (kind === 'Component') return `${random.pick(WORDS)}-${random.pick(ROLES)}-${number}`
  const second = kind === 'API' ? `${random.pick(WORDS)}-` : ''
  return `${random.pick(WORDS)}-${second}${SUFFIX[kind]}-${number}`
}

/** All documents of a catalog, kind by kind, one after the other: about 600 bytes of YAML and 8 relations (both directions) each. */
export function* seededCatalog(size: CatalogSize): Generator<CatalogDocument> {
  for (const kind of kinds()) for (let index = 0; index < countOf(kind, size); index++) yield documentOf(kind, index, size)
}

/** The `index`th document of a kind: always the same for the same size and seed. */
export function documentOf(kind: SeededKind, index: number, size: CatalogSize): CatalogDocument {
  const seed = size.seed ?? 1
  const random = seededRandom(seed * 15_485_863 + kinds().indexOf(kind) * 32_452_843 + index * 101)
  const name = nameOf(kind, index, seed)
  const some = (of: SeededKind, most: number): string[] => random.distinct(random.below(most + 1), countOf(of, size)).map((other) => nameOf(of, other, seed))
  const one = (of: SeededKind): string => nameOf(of, random.below(countOf(of, size)), seed)
  return { apiVersion: 'backstage.io/v1alpha1', kind, metadata: metadataOf(name, random), spec: specOf(kind, { name, index, random, some, one }) }
}

function metadataOf(name: string, random: Random): CatalogDocument['metadata'] {
  const tags = [...new Set(Array.from({ length: 1 + random.below(3) }, () => random.pick(TAGS)))]
  return {
    name,
    title: name.replaceAll('-', ' '),
    description: Array.from({ length: 10 + random.below(6) }, () => random.pick(WORDS)).join(' '),
    labels: { tier: String(1 + random.below(4)), region: random.pick(['eu', 'us', 'ap']) },
    annotations: {
      'example.com/project-slug': `acme/${name}`,
      'backstage.io/techdocs-ref': 'dir:.',
      'example.com/pager-id': `P${100_000 + random.below(900_000)}`,
    },
    tags,
    links: [{ url: `https://dash.example.com/${name}`, title: 'Dashboard' }],
  }
}

interface Making {
  name: string
  index: number
  random: Random
  /** Names of up to `most` different ones. */
  some: (of: SeededKind, most: number) => string[]
  one: (of: SeededKind) => string
}

function specOf(kind: SeededKind, { name, index, random, some, one }: Making): Record<string, unknown> {
  const lifecycle = (): string => random.pick(['production', 'production', 'production', 'experimental', 'deprecated'])
  switch (kind) {
    case 'Group':
      return { type: 'team', profile: { displayName: name, email: `${name}@example.com` }, children: [] }
    case 'User':
      return { profile: { displayName: name, email: `${name}@example.com` }, memberOf: [...new Set([one('Group'), one('Group')])] }
    case 'Domain':
      return { owner: one('Group') }
    case 'System':
      return { owner: one('Group'), domain: one('Domain') }
    case 'API':
      return {
        type: random.pick(['openapi', 'asyncapi', 'grpc']),
        lifecycle: lifecycle(),
        owner: one('Group'),
        system: one('System'),
        definition: definitionOf(name, index),
      }
    case 'Resource':
      return { type: random.pick(['database', 's3-bucket', 'queue']), owner: one('Group'), system: one('System') }
    default:
      return {
        type: random.pick(['service', 'service', 'service', 'website', 'library']),
        lifecycle: lifecycle(),
        owner: one('Group'),
        system: one('System'),
        providesApis: some('API', 1),
        consumesApis: some('API', 2),
        dependsOn: [...some('Component', 2).map((other) => `component:${other}`), ...some('Resource', 1).map((other) => `resource:${other}`)],
      }
  }
}

function definitionOf(name: string, index: number): string {
  return `openapi ${name} version 1.${index % 10}`
}

function kinds(): SeededKind[] {
  return Object.keys(PER_1000) as SeededKind[]
}
