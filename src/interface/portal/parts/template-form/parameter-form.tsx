// Not from '@rjsf/core': its index also leads to what its own tests need.
import Form from '@rjsf/core/lib/components/Form.js'
import type { RegistryFieldsType, RegistryWidgetsType } from '@rjsf/utils'
import { CheckboxWidget, CheckboxesWidget, RadioWidget, SelectWidget } from './choice-widgets.tsx'
import { EntityPicker, EntityTagsPicker, MultiEntityPicker, MyGroupsPicker, OwnedEntityPicker, OwnerPicker } from './fields/entity-pickers.tsx'
import { EntityNamePicker, RepoBranchPicker, SecretField } from './fields/name-pickers.tsx'
import { RepoUrlPicker } from './fields/repo-url-picker.tsx'
import type { FormPage, Values } from './form-model.ts'
import { formTemplates } from './form-templates.tsx'
import { formValidator } from './form-validator.ts'
import type { KNOWN_FIELDS } from './split-schema.ts'
import { PasswordWidget, TagsWidget, TextareaWidget, TextWidget } from './text-widgets.tsx'

const fields: RegistryFieldsType & Record<(typeof KNOWN_FIELDS)[number], unknown> = {
  OwnerPicker,
  EntityPicker,
  OwnedEntityPicker,
  MultiEntityPicker,
  EntityNamePicker,
  EntityTagsPicker,
  MyGroupsPicker,
  RepoUrlPicker,
  RepoBranchPicker,
  Secret: SecretField,
}
const widgets: RegistryWidgetsType = {
  TextWidget,
  TextareaWidget,
  PasswordWidget,
  SelectWidget,
  RadioWidget,
  CheckboxesWidget,
  CheckboxWidget,
  tags: TagsWidget,
  ...Object.fromEntries(
    ['EmailWidget', 'URLWidget', 'DateWidget', 'DateTimeWidget', 'TimeWidget', 'ColorWidget', 'UpDownWidget', 'RangeWidget'].map((name) => [name, TextWidget]),
  ),
}

interface ParameterFormProps {
  page: FormPage
  values: Values
  /** Called with what this page changed. */
  onChange: (altered: Values) => void
}

/** The inputs of one page of a template's parameters. Faults, secrets and who left a field come by `FormContext`. */
export function ParameterForm({ page, values, onChange }: ParameterFormProps) {
  return (
    <Form
      tagName="div"
      idPrefix="field"
      idSeparator="-"
      schema={page.schema}
      uiSchema={page.uiSchema}
      formData={values}
      validator={formValidator}
      fields={fields}
      widgets={widgets}
      templates={formTemplates}
      noValidate
      showErrorList={false}
      onChange={({ formData }) => {
        const next = (formData ?? {}) as Values
        const names = new Set([...Object.keys(next), ...Object.keys(values)])
        const altered = [...names].filter((name) => JSON.stringify(next[name]) !== JSON.stringify(values[name]))
        if (altered.length > 0) onChange(Object.fromEntries(altered.map((name) => [name, next[name]])))
      }}
    >
      <></>
    </Form>
  )
}
