import type { FieldProblem } from '#kernel/common/fault'
import type { Entity } from './entity.ts'
import type { EntityQuery } from './entity-query.ts'
import { readFile, type DocumentChecks } from './ingestion/read-file.ts'

export interface EntityPreview {
  problems: FieldProblem[]
  entities: { ref: string; change: 'added' | 'altered' | 'unchanged' | 'conflict'; before: Entity | null; after: Entity }[]
}

/** What a file would do if it were pushed: `file` names it as the catalog knows it, `acme/orders/catalog-info.yaml`, or anything for a new one. Writes nothing. */
export async function previewEntities(query: EntityQuery, input: { text: string; file: string; checks?: DocumentChecks }): Promise<EntityPreview> {
  const read = await readFile(
    { path: input.file, text: input.text, location: `file:/${input.file}` },
    'preview',
    { level: 'organisation' },
    input.checks ? { checks: input.checks } : {},
  )
  const known = await query.listByRefs(read.declarations.map(({ ref }) => ref))
  const entities = read.declarations.map(({ ref, body }) => {
    const entity = JSON.parse(body) as Entity
    const stored = known.get(ref)
    if (!stored) return { ref, change: 'added' as const, before: null, after: declaredOf(entity) }
    const before = declaredOf(stored.entity)
    const isSameFile = input.file === stored.path || input.file === `${stored.repository}/${stored.path}` || input.file === ''
    const after = declaredOf(entity)
    const change = !isSameFile ? ('conflict' as const) : JSON.stringify(before) === JSON.stringify(after) ? ('unchanged' as const) : ('altered' as const)
    return { ref, change, before, after }
  })
  return { problems: read.problems, entities }
}

const MADE = /^backstage\.io\/(?:managed-by-location|managed-by-origin-location|view-url|edit-url|source-location|orphan)$/

/** An entity without what the catalog makes, its fields in one order. */
function declaredOf(entity: Entity): Entity {
  const { uid: _uid, etag: _etag, annotations, ...metadata } = entity.metadata
  const own = Object.entries(annotations ?? {}).filter(([key]) => !MADE.test(key))
  return {
    apiVersion: entity.apiVersion,
    kind: entity.kind,
    metadata: sorted({ ...metadata, ...(own.length > 0 ? { annotations: Object.fromEntries(own) } : {}) }) as Entity['metadata'],
    ...(entity.spec === undefined ? {} : { spec: sorted(entity.spec) as NonNullable<Entity['spec']> }),
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}
