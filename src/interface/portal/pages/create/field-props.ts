import type { Json } from '#contract'
import type { Field } from './form-schema.ts'

/** What an input of a template's form is given. */
export interface FieldInputProps {
  field: Field
  value: unknown
  fault: string | null
  onChange: (value: Json | undefined) => void
  onBlur: () => void
}

/** What every input takes from the schema. */
export function commonProps({ field, fault, onBlur }: Pick<FieldInputProps, 'field' | 'fault' | 'onBlur'>) {
  const { schema, name, isRequired } = field
  return {
    id: `field-${name}`,
    label: schema.title ?? name,
    description: [schema.description, schema['ui:help']].filter(Boolean).join(' ') || undefined,
    error: fault ?? undefined,
    required: isRequired,
    onBlur,
    ...(schema['ui:placeholder'] === undefined ? {} : { placeholder: schema['ui:placeholder'] }),
    ...(schema['ui:autofocus'] === true ? { 'data-autofocus': true, autoFocus: true } : {}),
  }
}
