import { Checkbox, NumberInput, PasswordInput, Select, TagsInput, Textarea, TextInput } from '@mantine/core'
import { EntityPicker } from './entity-picker.tsx'
import { commonProps, type FieldInputProps } from './field-props.ts'
import { RepoUrlPicker } from './repo-url-picker.tsx'

/** One field of a template's form, by its schema: the input that fits, with label, help and what is wrong. */
export function FieldInput(props: FieldInputProps) {
  const { field, value, onChange } = props
  const { schema } = field
  const shared = commonProps(props)
  const text = typeof value === 'string' ? value : ''
  const widget = schema['ui:widget']
  const picker = schema['ui:field']
  if (picker === 'OwnerPicker' || picker === 'EntityPicker' || picker === 'OwnedEntityPicker') return <EntityPicker {...props} />
  if (picker === 'RepoUrlPicker') return <RepoUrlPicker {...props} />
  if (schema.type === 'boolean') {
    return (
      <Checkbox
        label={shared.label}
        description={shared.description}
        error={shared.error}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
        onBlur={props.onBlur}
        id={shared.id}
      />
    )
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <NumberInput
        {...shared}
        value={typeof value === 'number' ? value : ''}
        allowDecimal={schema.type === 'number'}
        {...(schema.minimum === undefined ? {} : { min: schema.minimum })}
        {...(schema.maximum === undefined ? {} : { max: schema.maximum })}
        clampBehavior="none"
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    )
  }
  if (schema.type === 'array') {
    const choices = (schema.items?.enum ?? []).map(String)
    return <TagsInput {...shared} data={choices} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} splitChars={[',']} />
  }
  if (schema.enum !== undefined) {
    return (
      <Select
        {...shared}
        data={schema.enum.map((each, at) => ({ value: String(each), label: schema.enumNames?.[at] ?? String(each) }))}
        value={text === '' ? null : text}
        allowDeselect={!field.isRequired}
        onChange={(next) => onChange(next ?? undefined)}
      />
    )
  }
  const onText = (event: { currentTarget: { value: string } }): void => onChange(event.currentTarget.value)
  if (widget === 'textarea') return <Textarea {...shared} autosize minRows={3} value={text} onChange={onText} />
  if (widget === 'password' || picker === 'Secret') return <PasswordInput {...shared} autoComplete="new-password" value={text} onChange={onText} />
  return <TextInput {...shared} value={text} onChange={onText} spellCheck={schema.description !== undefined && widget !== undefined} autoComplete="off" />
}
