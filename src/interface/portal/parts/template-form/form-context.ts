import type { WidgetProps } from '@rjsf/utils'
import { createContext, use } from 'react'

/** What the inputs of a form share, beside what RJSF hands them. */
export interface FormState {
  /** What is wrong, by id of the input. */
  faults: ReadonlyMap<string, string>
  /** Called when an input is left. */
  onLeave: (id: string) => void
  values: Record<string, unknown>
  secrets: Record<string, string>
  /** Keeps a secret beside the values: they only hold its stars. */
  onSecret: (name: string, text: string) => void
}

export const FormContext = createContext<FormState>({ faults: new Map(), onLeave: () => undefined, values: {}, secrets: {}, onSecret: () => undefined })

/** Id of the input for a path below the values. */
export function inputId(path: readonly (string | number)[]): string {
  return ['field', ...path].join('-')
}

/** What is wrong at an input; with `isDeep` also what is wrong inside of it, for inputs that show a whole list. */
export function useFault(id: string, isDeep = false): string | undefined {
  const { faults } = use(FormContext)
  return faults.get(id) ?? (isDeep ? [...faults].find(([other]) => other.startsWith(`${id}-`))?.[1] : undefined)
}

/** What widgets and pickers have in common for an input of Mantine. */
export function useInputProps(
  props: Pick<WidgetProps, 'id' | 'label' | 'required' | 'disabled' | 'readonly' | 'autofocus' | 'placeholder' | 'schema' | 'uiSchema'>,
  isDeep = false,
) {
  const { id, schema, uiSchema, required, disabled, readonly, autofocus, placeholder } = props
  const fault = useFault(id, isDeep)
  const { onLeave } = use(FormContext)
  return {
    id,
    label: props.label === '' ? undefined : props.label,
    description: describe(schema.description, uiSchema),
    error: fault,
    required: required === true,
    disabled: disabled === true,
    readOnly: readonly === true,
    onBlur: () => onLeave(id),
    ...(placeholder === undefined || placeholder === '' ? {} : { placeholder }),
    ...(autofocus === true ? { autoFocus: true, 'data-autofocus': true } : {}),
  }
}

/** Description, help and note of a field in one line. */
export function describe(description: string | undefined, uiSchema: WidgetProps['uiSchema']): string | undefined {
  const options = uiSchema?.['ui:options'] ?? {}
  const said = uiSchema?.['ui:description'] ?? options['description'] ?? description
  const help: unknown = uiSchema?.['ui:help'] ?? options['help']
  const note: unknown = uiSchema?.['ui:note']
  return [said, help, note].filter((each) => typeof each === 'string' && each !== '').join(' ') || undefined
}
