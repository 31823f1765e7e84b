import { parseEntityRef, type EntityQuery } from '#platform/catalog'
import { apiWords } from './api-words.ts'
import type { Band, SearchDocument } from './search-index.ts'

type EntityIndex = Awaited<ReturnType<EntityQuery['walk']>>

/** Kinds by number; 0 is any other. */
const KINDS = ['', 'component', 'api', 'system', 'user', 'group', 'template', 'resource', 'domain', 'location', 'airesource'] as const
/** What people look for most. */
const WEIGHTS: Record<string, number> = { component: 1, template: 0.9, api: 0.85, system: 0.8, group: 0.7, user: 0.7, domain: 0.6, resource: 0.5 }
const BANDS: Readonly<Record<string, Band>> = {
  'metadata.name': 0,
  'metadata.title': 1,
  'spec.profile.displayname': 1,
  'metadata.tags': 2,
  'relations.ownedby': 2,
  'relations.partof': 2,
  'spec.type': 2,
  'spec.profile.email': 2,
  'metadata.description': 3,
}

const SHOWN = ['kind', 'metadata.name', 'metadata.title', 'spec.profile.displayname', 'metadata.description']
const FOUND_BY = [...Object.keys(BANDS), 'spec.definition']

/** Number of a kind in lower case. */
function sortOfKind(kind: string): number {
  return Math.max(0, KINDS.indexOf(kind as (typeof KINDS)[number]))
}

export function kindOfSort(sort: number): string {
  return KINDS[sort] ?? ''
}

/** From 0 to 1. */
export function weightOfSort(sort: number): number {
  return WEIGHTS[kindOfSort(sort)] ?? 0.3
}

/** What an entity is found by, out of the index in memory; `isLong` when it has a text that only the database has. @returns undefined when it is gone. */
export function entityDocument(index: EntityIndex, ref: string): { document: SearchDocument; isLong: boolean } | undefined {
  const slot = index.slotOf(ref)
  if (slot === undefined) return undefined
  const fields: SearchDocument['fields'][number][] = []
  let isLong = false
  const names = keysOf(index, FOUND_BY)
  index.forEachFact(slot, (keyId, value) => {
    const key = names.get(keyId)
    if (key === undefined) return
    if (key === 'spec.definition') isLong = true
    const band = BANDS[key]
    if (band === undefined) return
    if (value === 0) isLong = true
    else fields.push({ band, text: key.startsWith('relations.') ? nameOf(index.pool.text(value)) : index.pool.text(value) })
  })
  fields.sort((a, b) => a.band - b.band)
  return { document: { key: ref, sort: sortOfKind(ref.slice(0, ref.indexOf(':'))), fields }, isLong }
}

/** Adds the long texts of an entity. */
export function withLongTexts(document: SearchDocument, json: string): SearchDocument {
  const { metadata, spec } = JSON.parse(json) as { metadata: { description?: unknown }; spec?: { definition?: unknown } }
  const texts = [
    ...(typeof metadata.description === 'string' ? [metadata.description] : []),
    ...(typeof spec?.definition === 'string' ? [apiWords(spec.definition)] : []),
  ]
  return { ...document, fields: [...document.fields, ...texts.map((text) => ({ band: 3 as const, text }))] }
}

/** An entity as a hit is shown. */
export function entityView(index: EntityIndex, ref: string): { kind: string; ref: string; title: string; summary: string; href: string } {
  const { namespace = 'default', name = ref, kind = '' } = parseEntityRef(ref) ?? {}
  const texts: Record<string, string> = {}
  const names = keysOf(index, SHOWN)
  const slot = index.slotOf(ref)
  if (slot !== undefined)
    index.forEachFact(slot, (keyId, value) => {
      const key = value === 0 ? undefined : names.get(keyId)
      if (key !== undefined) texts[key] ??= index.pool.text(value)
    })
  const named = texts['metadata.name'] ?? name
  return {
    kind: texts['kind'] ?? kind,
    ref,
    title: texts['metadata.title'] ?? texts['spec.profile.displayname'] ?? named,
    summary: texts['metadata.description'] ?? ref,
    href: pageOf({ kind, namespace, name: named }),
  }
}

/** The portal's page of an entity: components and templates have their own. */
function pageOf({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  if (kind === 'component' && namespace === 'default') return `/components/${name}`
  return kind === 'template' ? `/create/${namespace}/${name}` : `/entities/${kind}/${namespace}/${name}`
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}

/** The numbers that an index has for keys. */
function keysOf(index: EntityIndex, keys: readonly string[]): Map<number, string> {
  return new Map(keys.map((key) => [index.pool.find(key), key]))
}
