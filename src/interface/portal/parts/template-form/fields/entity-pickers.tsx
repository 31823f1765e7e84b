import { Autocomplete, Select, TagsInput } from '@mantine/core'
import type { FieldProps } from '@rjsf/utils'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../../api/client.ts'
import { queries } from '../../../api/queries.ts'
import { useEntityChoices, type EntityChoice } from './entity-choices.ts'
import { textsOf, usePicker } from './picker-props.ts'

function Choice({ choice, value }: { choice: EntityChoice | undefined; value: string }) {
  return (
    <div style={{ minWidth: 0 }}>
      <div>{choice?.title ?? value}</div>
      {choice === undefined || choice.title === value ? null : <div style={{ fontSize: 12, opacity: 0.8 }}>{value}</div>}
    </div>
  )
}

/** One entity, found as one types; a name that fits exactly becomes its reference. */
function EntityPickerOf({ field, props }: { field: string; props: FieldProps }) {
  const { shared, options, text, set } = usePicker(props)
  const choices = useEntityChoices(field, options, text)
  const chosen = choices.find((each) => each.ref === text)
  return (
    <Autocomplete
      {...shared}
      data={choices.map((each) => each.ref)}
      filter={({ options: all }) => all}
      renderOption={({ option }) => <Choice value={option.value} choice={choices.find((each) => each.ref === option.value)} />}
      value={text}
      onChange={set}
      onBlur={() => {
        const named = chosen === undefined ? choices.filter((each) => each.name.toLowerCase() === text.trim().toLowerCase()) : []
        if (named.length === 1 && named[0] !== undefined) set(named[0].ref)
        shared.onBlur()
      }}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

export function OwnerPicker(props: FieldProps) {
  return <EntityPickerOf field="OwnerPicker" props={props} />
}

export function EntityPicker(props: FieldProps) {
  return <EntityPickerOf field="EntityPicker" props={props} />
}

export function OwnedEntityPicker(props: FieldProps) {
  return <EntityPickerOf field="OwnedEntityPicker" props={props} />
}

/** Several entities. */
export function MultiEntityPicker(props: FieldProps) {
  const { shared, options, texts, set } = usePicker(props, true)
  const [typed, setTyped] = useState('')
  const choices = useEntityChoices('MultiEntityPicker', options, typed)
  return (
    <TagsInput
      {...shared}
      data={choices.map((each) => each.ref)}
      filter={({ options: all }) => all}
      renderOption={({ option }) => <Choice value={option.value} choice={choices.find((each) => each.ref === option.value)} />}
      searchValue={typed}
      onSearchChange={setTyped}
      value={texts}
      onChange={set}
    />
  )
}

/** Tags that entities carry already, or new ones. */
export function EntityTagsPicker(props: FieldProps) {
  const { shared, options, texts, set } = usePicker(props, true)
  const kinds = textsOf(options['kinds'])
  const tags = useQuery({
    queryKey: ['entities', 'tags', kinds],
    queryFn: ({ signal }) => api.call('entities.facets', { query: { facet: 'metadata.tags', ...(kinds.length === 0 ? {} : { kind: kinds }) } }, { signal }),
    staleTime: 60_000,
  }).data
  return (
    <TagsInput
      {...shared}
      data={(tags?.facets['metadata.tags'] ?? []).map((each) => each.value)}
      limit={30}
      splitChars={[',', ' ']}
      value={texts}
      onChange={(next) => set(next.map((tag) => tag.toLowerCase()))}
    />
  )
}

/** One of the groups that the reader is in. */
export function MyGroupsPicker(props: FieldProps) {
  const { shared, text, set } = usePicker(props)
  const groups = useQuery(queries.me()).data?.groups ?? []
  return (
    <Select
      {...shared}
      data={[...new Set([...groups, ...(text === '' ? [] : [text])])]}
      value={text === '' ? null : text}
      onChange={(next) => set(next ?? '')}
    />
  )
}
