import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { queries } from '../../../api/queries.ts'
import { catalogFilters, searchOf } from './catalog-filter.ts'

export interface EntityChoice {
  ref: string
  name: string
  title: string
}

const SHOWN = 30

/** Entities that a picker offers for what is typed, at most 30; the reader's own first. */
export function useEntityChoices(field: string, options: Record<string, unknown>, typed: string): EntityChoice[] {
  const me = useQuery(queries.me()).data
  const [settled] = useDebouncedValue(typed, 150)
  const owners = me === undefined ? [] : [...me.groups, me.principal]
  const filter = catalogFilters(field, options, owners)
  const found = useQuery({
    queryKey: ['entities', 'choices', filter, settled],
    queryFn: ({ signal }) =>
      api.call('entities.list', { query: { filter, limit: SHOWN, ...(searchOf(settled) === '' ? {} : { q: searchOf(settled) }) } }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    enabled: field !== 'OwnedEntityPicker' || me !== undefined,
  })
  const mine = new Set(owners)
  const choices = (found.data?.items ?? []).map(({ kind, metadata: { name, namespace, title } }) => ({
    ref: `${kind}:${namespace ?? 'default'}/${name}`.toLowerCase(),
    name,
    title: title ?? name,
  }))
  return choices.toSorted((a, b) => Number(mine.has(b.ref)) - Number(mine.has(a.ref)))
}
