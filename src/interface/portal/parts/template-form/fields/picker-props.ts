import { getUiOptions, type FieldProps } from '@rjsf/utils'
import { useInputProps } from '../form-context.ts'

/** What a picker needs of RJSF's field: props of its input, its options, and how it says what was chosen. */
export function usePicker(props: FieldProps, isDeep = false) {
  const { fieldPathId, uiSchema, schema, name, onChange, formData } = props
  const options = getUiOptions(uiSchema)
  const shared = useInputProps(
    {
      id: fieldPathId.$id,
      label: options.title ?? schema.title ?? name,
      required: props.required === true,
      disabled: props.disabled === true,
      readonly: props.readonly === true,
      autofocus: props.autofocus === true,
      placeholder: options.placeholder ?? '',
      schema,
      uiSchema: uiSchema ?? {},
    },
    isDeep,
  )
  return {
    shared,
    options,
    text: typeof formData === 'string' ? formData : '',
    texts: Array.isArray(formData) ? formData.filter((each): each is string => typeof each === 'string') : [],
    set: (value: unknown) => onChange(value === '' ? undefined : value, fieldPathId.path),
  }
}

/** Texts of an option that is one or a list of them. */
export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string')
}
