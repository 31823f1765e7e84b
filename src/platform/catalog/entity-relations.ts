import type { Entity } from './entity.ts'
import { entityRefOf, formatEntityRef, parseEntityRef } from './entity-ref.ts'

/** A directed edge of the graph. Both directions are kept, each as an edge of its own. */
export interface Edge {
  sourceRef: string
  type: string
  targetRef: string
}

interface Rule {
  field: string
  type: string
  inverse: string
  /** Kind of a ref that names none; without it the ref must name one. */
  defaultKind?: string
}

/** Source: Backstage, "Well-known relations between catalog entities" and the descriptor format's default kinds. */
const RULES: Record<string, readonly Rule[]> = {
  component: [
    { field: 'subcomponentOf', type: 'partOf', inverse: 'hasPart', defaultKind: 'Component' },
    { field: 'providesApis', type: 'providesApi', inverse: 'apiProvidedBy', defaultKind: 'API' },
    { field: 'consumesApis', type: 'consumesApi', inverse: 'apiConsumedBy', defaultKind: 'API' },
  ],
  system: [{ field: 'domain', type: 'partOf', inverse: 'hasPart', defaultKind: 'Domain' }],
  domain: [{ field: 'subdomainOf', type: 'partOf', inverse: 'hasPart', defaultKind: 'Domain' }],
  group: [
    { field: 'parent', type: 'childOf', inverse: 'parentOf', defaultKind: 'Group' },
    { field: 'children', type: 'parentOf', inverse: 'childOf', defaultKind: 'Group' },
    { field: 'members', type: 'hasMember', inverse: 'memberOf', defaultKind: 'User' },
  ],
  // Source: `@backstage/catalog-model`, relation fields of skills, plugins and marketplaces.
  airesource: [
    { field: 'dependsOn', type: 'dependsOn', inverse: 'dependencyOf', defaultKind: 'AiResource' },
    { field: 'skills', type: 'hasPart', inverse: 'partOf', defaultKind: 'AiResource' },
    { field: 'plugins', type: 'hasPart', inverse: 'partOf', defaultKind: 'AiResource' },
  ],
  user: [{ field: 'memberOf', type: 'memberOf', inverse: 'hasMember', defaultKind: 'Group' }],
}
const OWNED: Rule = { field: 'owner', type: 'ownedBy', inverse: 'ownerOf', defaultKind: 'Group' }
const COMMON: readonly Rule[] = [
  { field: 'system', type: 'partOf', inverse: 'hasPart', defaultKind: 'System' },
  { field: 'dependsOn', type: 'dependsOn', inverse: 'dependencyOf' },
  { field: 'dependencyOf', type: 'dependencyOf', inverse: 'dependsOn' },
]
const KINDS_WITH_COMMON = new Set(['component', 'api', 'resource', 'airesource'])

/** All edges that an entity's `spec` declares, both directions, without doubles. A ref that can't be read is left out. Pure. */
export function edgesOf(entity: Entity): Edge[] {
  const kind = entity.kind.toLowerCase()
  const sourceRef = entityRefOf(entity)
  const namespace = entity.metadata.namespace ?? 'default'
  const rules = [
    ...(entity.apiVersion.startsWith('openslo/') || kind === 'user' ? [] : [OWNED]),
    ...(RULES[kind] ?? []),
    ...(KINDS_WITH_COMMON.has(kind) ? COMMON : []),
  ]
  const edges = new Map<string, Edge>()
  const add = (edge: Edge): void => void edges.set(`${edge.sourceRef} ${edge.type} ${edge.targetRef}`, edge)
  for (const rule of rules) {
    for (const text of textsOf(entity.spec?.[rule.field])) {
      const parts = parseEntityRef(text, { namespace, ...(rule.defaultKind === undefined ? {} : { kind: rule.defaultKind }) })
      if (!parts) continue
      const targetRef = formatEntityRef(parts)
      add({ sourceRef, type: rule.type, targetRef })
      add({ sourceRef: targetRef, type: rule.inverse, targetRef: sourceRef })
    }
  }
  return [...edges.values()]
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []
}

/** The way in which people read each pair, by either name in lower case. */
const READABLE: Record<string, { type: string; isInverse: boolean }> = Object.fromEntries(
  [
    ['ownedBy', 'ownerOf'],
    ['partOf', 'hasPart'],
    ['dependsOn', 'dependencyOf'],
    ['providesApi', 'apiProvidedBy'],
    ['consumesApi', 'apiConsumedBy'],
    ['memberOf', 'hasMember'],
    ['childOf', 'parentOf'],
  ].flatMap(([type = '', inverse = '']) => [
    [type.toLowerCase(), { type, isInverse: false }],
    [inverse.toLowerCase(), { type, isInverse: true }],
  ]),
)

/** One of a pair of edges, in the direction that people read; undefined for a type that is none of ours. */
export function readableEdge(source: string, type: string, target: string): { source: string; type: string; target: string } | undefined {
  const found = READABLE[type.toLowerCase()]
  if (!found) return undefined
  return found.isInverse ? { source: target, type: found.type, target: source } : { source, type: found.type, target }
}
