import { Checkbox, MultiSelect, Radio, Select, Stack } from '@mantine/core'
import type { WidgetProps } from '@rjsf/utils'
import { useInputProps } from './form-context.ts'

interface Choices {
  data: { value: string; label: string; disabled?: boolean }[]
  /** Choices travel by their number, since they may be of any type. */
  indexOf: (value: unknown) => string | null
  valueOf: (index: string) => unknown
}

function choicesOf({ options }: WidgetProps): Choices {
  const all = options.enumOptions ?? []
  const off = options.enumDisabled ?? []
  return {
    data: all.map(({ label, value }, at) => ({ value: String(at), label, ...(off.includes(value as string) ? { disabled: true } : {}) })),
    indexOf: (value) => {
      const at = all.findIndex((each) => JSON.stringify(each.value) === JSON.stringify(value))
      return at === -1 ? null : String(at)
    },
    valueOf: (index) => all[Number(index)]?.value as unknown,
  }
}

/** One, or several, of a list that opens. */
export function SelectWidget(props: WidgetProps) {
  const { value, onChange, multiple, required } = props
  const shared = useInputProps(props, true)
  const { data, indexOf, valueOf } = choicesOf(props)
  const named = shared.label === undefined ? { 'aria-label': 'Which of them' } : {}
  if (multiple === true) {
    const chosen = (Array.isArray(value) ? value : []).flatMap((each) => indexOf(each) ?? [])
    return <MultiSelect {...shared} {...named} data={data} value={chosen} onChange={(next) => onChange(next.map(valueOf))} />
  }
  return (
    <Select
      {...shared}
      {...named}
      data={data}
      value={indexOf(value)}
      allowDeselect={required !== true}
      clearable={required !== true && props.schema.default === undefined}
      onChange={(next) => onChange(next === null ? undefined : valueOf(next))}
    />
  )
}

/** One of a few that all are in sight. */
export function RadioWidget(props: WidgetProps) {
  const { value, onChange } = props
  const {
    autoFocus: _focus,
    placeholder: _placeholder,
    disabled,
    ...shared
  } = useInputProps(props) as ReturnType<typeof useInputProps> & {
    autoFocus?: boolean
    placeholder?: string
  }
  const { data, indexOf, valueOf } = choicesOf(props)
  return (
    <Radio.Group {...shared} value={indexOf(value)} onChange={(next) => onChange(valueOf(next))}>
      <Stack gap={8} pt={6}>
        {data.map((each) => (
          <Radio key={each.value} value={each.value} label={each.label} disabled={disabled || each.disabled === true} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** Any of a few that all are in sight. */
export function CheckboxesWidget(props: WidgetProps) {
  const { value, onChange } = props
  const {
    autoFocus: _focus,
    placeholder: _placeholder,
    disabled,
    ...shared
  } = useInputProps(props, true) as ReturnType<typeof useInputProps> & {
    autoFocus?: boolean
    placeholder?: string
  }
  const { data, indexOf, valueOf } = choicesOf(props)
  const chosen = (Array.isArray(value) ? value : []).flatMap((each) => indexOf(each) ?? [])
  return (
    <Checkbox.Group
      {...shared}
      value={chosen}
      onChange={(next) => onChange(data.filter((each) => next.includes(each.value)).map((each) => valueOf(each.value)))}
    >
      <Stack gap={8} pt={6}>
        {data.map((each) => (
          <Checkbox key={each.value} value={each.value} label={each.label} disabled={disabled || each.disabled === true} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

/** Yes or no. */
export function CheckboxWidget(props: WidgetProps) {
  const { value, onChange } = props
  const { required: _required, readOnly, disabled, ...shared } = useInputProps(props)
  return <Checkbox {...shared} disabled={disabled || readOnly} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
}
