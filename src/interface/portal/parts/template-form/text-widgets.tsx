import { PasswordInput, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { useInputProps } from './form-context.ts'

const types: Record<string, string> = { email: 'email', uri: 'url', date: 'date', time: 'time', 'date-time': 'datetime-local' }

/** One line of text, or a number. */
export function TextWidget(props: WidgetProps) {
  const { schema, value, onChange, options } = props
  const shared = useInputProps(props)
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <TextInput
        {...shared}
        inputMode={schema.type === 'integer' ? 'numeric' : 'decimal'}
        value={textOf(value)}
        autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value.trim() === '' ? undefined : event.currentTarget.value)}
      />
    )
  }
  const isMoment = schema.format === 'date-time'
  const put = (text: string): void => onChange(text === '' ? undefined : isMoment ? new Date(`${text}Z`).toISOString() : text)
  return (
    <TextInput
      {...shared}
      {...(isMoment ? { description: [shared.description, 'In UTC.'].filter(Boolean).join(' ') } : {})}
      type={options.inputType ?? types[schema.format ?? ''] ?? 'text'}
      value={isMoment ? textOf(value).slice(0, 16) : textOf(value)}
      autoComplete={options.autocomplete ?? 'off'}
      spellCheck={false}
      onChange={(event) => put(event.currentTarget.value)}
    />
  )
}

/** Several lines of text. */
export function TextareaWidget(props: WidgetProps) {
  const { value, onChange, options } = props
  return (
    <Textarea
      {...useInputProps(props)}
      autosize
      minRows={options.rows ?? 3}
      maxRows={20}
      value={textOf(value)}
      onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  )
}

/** A text that nobody reads over a shoulder. */
export function PasswordWidget(props: WidgetProps) {
  const { value, onChange } = props
  return (
    <PasswordInput
      {...useInputProps(props)}
      autoComplete="new-password"
      value={textOf(value)}
      onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  )
}

/** A list of short texts. */
export function TagsWidget(props: WidgetProps) {
  const { value, onChange } = props
  return <TagsInput {...useInputProps(props, true)} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} splitChars={[',']} />
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
