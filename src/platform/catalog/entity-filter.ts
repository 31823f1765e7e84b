import { z } from 'zod'
import { catalogFaults } from './catalog-faults.ts'
import type { EntityOrder } from './catalog-reader.ts'
import { parseFilters, type EntityPredicate } from './entity-predicate.ts'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'

const several = z.union([z.string(), z.array(z.string())]).optional()

/** What narrows a list of entities, in every route of ours: each may be given more than once, or with commas, for "one of". */
export const entityFilterQuery = {
  kind: several,
  /** `payments`, `group:default/payments` or `user:default/ana`. */
  owner: several,
  type: several,
  lifecycle: several,
  tag: several,
  system: several,
  namespace: several,
  /** Backstage's grammar: `key=value,other=value` is "and", the same key twice "one of", several filters alternatives. */
  filter: several,
  /** Words that are all somewhere in name, title, description, tags, owner or type. */
  q: z.string().max(200).optional(),
}

type Several = string | string[] | undefined
export interface EntityFilter {
  kind?: Several
  owner?: Several
  type?: Several
  lifecycle?: Several
  tag?: Several
  system?: Several
  namespace?: Several
  filter?: Several
  q?: string | undefined
}

/** Fields that words are looked for in. */
const WORD_FIELDS = ['metadata.name', 'metadata.title', 'metadata.description', 'metadata.tags', 'relations.ownedBy', 'spec.type', 'spec.profile.displayName']

/** The predicate of a filter; undefined when it narrows nothing. @throws `platform.catalog.bad_query`. */
export function predicateOf(asked: EntityFilter): EntityPredicate | undefined {
  const terms: EntityPredicate[] = []
  const add = (field: string, values: readonly string[]): void => {
    const [first] = values
    if (first !== undefined) terms.push({ [field]: values.length === 1 ? first : { $in: values } })
  }
  add('kind', listOf(asked.kind))
  add('metadata.namespace', listOf(asked.namespace))
  add('spec.type', listOf(asked.type))
  add('spec.lifecycle', listOf(asked.lifecycle))
  add('metadata.tags', listOf(asked.tag))
  add(
    'relations.ownedBy',
    listOf(asked.owner).map((text) => refText(text, 'group')),
  )
  add(
    'relations.partOf',
    listOf(asked.system).map((text) => refText(text, 'system')),
  )
  const filter = parseFilters(asked.filter === undefined ? [] : [asked.filter].flat())
  if (filter) terms.push(filter)
  const words = wordsOf(asked.q)
  if (words.length > 0) terms.push({ $words: { terms: words, fields: WORD_FIELDS } })
  return terms.length > 1 ? { $all: terms } : terms[0]
}

/** Different words of a query, at most eight. */
function wordsOf(q: string | undefined): string[] {
  return [
    ...new Set(
      (q ?? '')
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== ''),
    ),
  ].slice(0, 8)
}

/** Reads `metadata.name,asc` (several times or with `;` between). @throws `platform.catalog.bad_query`. */
export function parseOrders(text: string | string[] | undefined): EntityOrder[] {
  return [text ?? []]
    .flat()
    .flatMap((item) => item.split(';'))
    .filter((item) => item.trim() !== '')
    .map((item) => {
      const [field = '', order = 'asc', ...rest] = item.split(',').map((part) => part.trim())
      if (field === '' || field.length > 300 || (order !== 'asc' && order !== 'desc') || rest.length > 0)
        throw catalogFaults.bad_query({ what: `orderBy "${item}" is no order: write field,asc or field,desc` })
      return { field, order }
    })
}

function listOf(value: Several): string[] {
  return [value ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
}

function refText(text: string, kind: string): string {
  const parts = parseEntityRef(text, { kind })
  return parts ? formatEntityRef(parts) : text
}
