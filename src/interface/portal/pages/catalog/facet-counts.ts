import { useQueries } from '@tanstack/react-query'
import { catalogQueries } from '../../api/catalog-queries.ts'
import { without } from '../../app/search.ts'
import { apiFilter, facetNames, valuesOf, type ApiFilter, type CatalogSearch, type Facet, type Reader } from './catalog-search.ts'

/** A choice of a facet and how many it would show. */
export interface FacetValue {
  value: string
  count: number
}

export type FacetCounts = Partial<Record<Facet | 'problems' | 'orphans', readonly FacetValue[]>>

const fields: Record<Facet, string> = {
  kind: 'kind',
  type: 'spec.type',
  lifecycle: 'spec.lifecycle',
  owner: 'relations.ownedBy',
  system: 'relations.partOf',
  tag: 'metadata.tags',
}
const problems = 'status.items.level'
const orphans = 'metadata.annotations.backstage.io/orphan'
/** Thousands of values each: asked for apart, so that the short ones need not wait. */
const long: readonly Facet[] = ['owner', 'system']

interface Question {
  filter: ApiFilter
  fields: string[]
}

/** What to ask so that each facet is counted under the other filters, not under its own: as few questions as that takes. Pure. */
export function facetQuestions(search: CatalogSearch, reader: Reader | undefined): Question[] {
  const questions = new Map<string, Question>()
  const ask = (filter: ApiFilter, field: string, isLong: boolean): void => {
    const key = JSON.stringify([filter, isLong])
    const known = questions.get(key)
    if (known === undefined) questions.set(key, { filter, fields: [field] })
    else known.fields.push(field)
  }
  for (const facet of facetNames) ask(apiFilter(search, reader, valuesOf(search, facet).length > 0 ? facet : undefined), fields[facet], long.includes(facet))
  const unmarked = without(search, 'show')
  for (const field of [problems, orphans]) ask(apiFilter(unmarked, reader), field, false)
  return [...questions.values()]
}

/** The choices at the left with their counts; those of the last answer while the next is on its way. */
export function useFacetCounts(search: CatalogSearch, reader: Reader | undefined): FacetCounts {
  const questions = facetQuestions(search, reader)
  const answers = useQueries({ queries: questions.map((question) => catalogQueries.facets(question.filter, question.fields)) })
  const byField = Object.assign({}, ...answers.map((answer) => answer.data ?? {})) as Record<string, FacetValue[] | undefined>
  const counts: FacetCounts = {}
  for (const facet of facetNames) {
    const values = byField[fields[facet]]
    if (values !== undefined) counts[facet] = facet === 'system' ? values.filter(({ value }) => value.startsWith('system:')) : values
  }
  if (byField[problems] !== undefined) counts.problems = byField[problems]
  if (byField[orphans] !== undefined) counts.orphans = byField[orphans].filter(({ value }) => value === 'true')
  return counts
}
