import { annotationsOf, tagsOf } from '../../api/entity-metadata.ts'
import type { ListedEntity } from '../../api/catalog-queries.ts'
import { parseRef } from '../../format/reference.ts'

/** An entity as the table knows it. */
export interface CatalogRow {
  ref: string
  kind: string
  namespace: string
  name: string
  title: string
  description: string
  type: string
  /** Entity ref; empty when nobody owns it. */
  owner: string
  lifecycle: string
  /** Entity ref; empty when it is in none. */
  system: string
  tags: string[]
  problems: string[]
  /** Its location no longer lists it. */
  isOrphan: boolean
}

/** Reads what a row shows out of a descriptor, with care: only its name is sure to be there. */
export function catalogRow(entity: ListedEntity): CatalogRow {
  const { name, namespace = 'default', title, description = '' } = entity.metadata
  const spec = entity.spec ?? {}
  const profile = spec['profile'] as { displayName?: unknown } | undefined
  return {
    ref: `${entity.kind.toLowerCase()}:${namespace}/${name}`.toLowerCase(),
    kind: entity.kind,
    namespace,
    name,
    title: title ?? (word(profile?.displayName) || name),
    description,
    type: word(spec['type']),
    owner: refText(spec['owner'], 'group'),
    lifecycle: word(spec['lifecycle']),
    system: refText(spec['system'], 'system'),
    tags: tagsOf(entity),
    problems: problemsOf(entity),
    isOrphan: annotationsOf(entity)['backstage.io/orphan'] === 'true',
  }
}

function problemsOf(entity: object): string[] {
  const { items } = ((entity as { status?: { items?: unknown } }).status ?? {}) as { items?: unknown }
  return (Array.isArray(items) ? items : []).map((item: unknown) => word((item as { message?: unknown } | null)?.message))
}

function refText(value: unknown, kind: string): string {
  if (typeof value !== 'string' || value === '') return ''
  const parts = parseRef(value, kind)
  return `${parts.kind}:${parts.namespace}/${parts.name}`
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
