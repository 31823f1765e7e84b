import { Autocomplete } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../../api/queries.ts'
import type { Entity } from '../../api/shapes.ts'
import { commonProps, type FieldInputProps } from './field-props.ts'
import { pickerKinds } from './picker-kinds.ts'

/** Chooses an entity of the kinds that the template allows; owners are groups and people, the reader's own first. */
export function EntityPicker(props: FieldInputProps) {
  const { field, value, onChange } = props
  const entities = useQuery(queries.entities())
  const me = useQuery(queries.me()).data
  const kinds = pickerKinds(field.schema)
  const refs = (entities.data ?? []).filter((entity) => kinds.includes(entity.kind.toLowerCase())).map(refOf)
  const mine = new Set(me?.groups)
  const ordered = [...refs].sort((a, b) => Number(mine.has(b)) - Number(mine.has(a)) || a.localeCompare(b))
  return (
    <Autocomplete {...commonProps(props)} data={ordered} value={typeof value === 'string' ? value : ''} onChange={onChange} limit={20} autoComplete="off" />
  )
}

function refOf(entity: Entity): string {
  return `${entity.kind.toLowerCase()}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`
}
