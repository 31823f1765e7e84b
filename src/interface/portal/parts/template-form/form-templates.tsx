import { Button, TextInput } from '@mantine/core'
import {
  ADDITIONAL_PROPERTY_FLAG,
  buttonId,
  canExpand,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  type FieldTemplateProps,
  type MultiSchemaFieldTemplateProps,
  type ObjectFieldTemplateProps,
  type TemplatesType,
  type UnsupportedFieldProps,
  type WrapIfAdditionalTemplateProps,
} from '@rjsf/utils'
import { describe, useFault } from './form-context.ts'
import css from './template-form.module.css'

function FieldTemplate(props: FieldTemplateProps) {
  if (props.hidden === true) return null
  return <WrapIfAdditional {...props}>{props.children}</WrapIfAdditional>
}

function ObjectTemplate({
  title,
  description,
  properties,
  schema,
  uiSchema,
  formData,
  fieldPathId,
  onAddProperty,
  disabled,
  readonly,
}: ObjectFieldTemplateProps) {
  const add = canExpand(schema, uiSchema, formData) ? (
    <div>
      <Button id={buttonId(fieldPathId, 'add')} variant="default" size="compact-sm" disabled={disabled === true || readonly === true} onClick={onAddProperty}>
        Add an entry
      </Button>
    </div>
  ) : null
  const fault = useFault(fieldPathId.$id)
  if (properties.length === 0 && add === null) return null
  const inside = properties.map((each) => each.content)
  if (fieldPathId.path.length === 0) {
    return (
      <div className={css['fields']}>
        {inside}
        {add}
      </div>
    )
  }
  return (
    <fieldset className={css['group']} id={fieldPathId.$id} tabIndex={-1}>
      <legend className={css['groupTitle']}>{title}</legend>
      {describeAs(describe(typeof description === 'string' ? description : undefined, uiSchema))}
      <div className={css['fields']}>
        {inside}
        {add}
      </div>
      {faultAs(fault)}
    </fieldset>
  )
}

function ArrayTemplate({ title, items, canAdd, onAddClick, schema, uiSchema, fieldPathId, disabled, readonly }: ArrayFieldTemplateProps) {
  const fault = useFault(fieldPathId.$id)
  return (
    <fieldset className={css['group']} id={fieldPathId.$id} tabIndex={-1}>
      <legend className={css['groupTitle']}>{title}</legend>
      {describeAs(describe(schema.description, uiSchema))}
      <div className={css['fields']}>{items}</div>
      {canAdd === false ? null : (
        <div>
          <Button id={buttonId(fieldPathId, 'add')} variant="default" size="compact-sm" disabled={disabled === true || readonly === true} onClick={onAddClick}>
            {items.length === 0 ? 'Add one' : 'Add another'}
          </Button>
        </div>
      )}
      {faultAs(fault)}
    </fieldset>
  )
}

function ArrayItemTemplate({ children, buttonsProps, hasToolbar, index }: ArrayFieldItemTemplateProps) {
  const { hasRemove, hasMoveUp, hasMoveDown, onRemoveItem, onMoveUpItem, onMoveDownItem } = buttonsProps
  const nth = `entry ${index + 1}`
  return (
    <div className={css['item']}>
      <div style={{ minWidth: 0 }}>{children}</div>
      {hasToolbar ? (
        <div className={css['itemButtons']}>
          {hasMoveUp ? (
            <Button variant="subtle" color="gray" c="dimmed" size="compact-xs" aria-label={`Move ${nth} up`} onClick={onMoveUpItem}>
              Up
            </Button>
          ) : null}
          {hasMoveDown ? (
            <Button variant="subtle" color="gray" c="dimmed" size="compact-xs" aria-label={`Move ${nth} down`} onClick={onMoveDownItem}>
              Down
            </Button>
          ) : null}
          {hasRemove ? (
            <Button variant="subtle" color="gray" c="dimmed" size="compact-xs" aria-label={`Remove ${nth}`} onClick={onRemoveItem}>
              Remove
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

function MultiSchemaTemplate({ selector, optionSchemaField }: MultiSchemaFieldTemplateProps) {
  return (
    <div className={css['fields']}>
      {selector}
      {optionSchemaField}
    </div>
  )
}

function WrapIfAdditional({ children, id, label, schema, disabled, readonly, onKeyRenameBlur, onRemoveProperty }: WrapIfAdditionalTemplateProps) {
  if (!(ADDITIONAL_PROPERTY_FLAG in schema)) return <div className={css['field']}>{children}</div>
  return (
    <div className={css['item']}>
      <div className={css['pair']}>
        <TextInput id={`${id}-key`} label="Name" defaultValue={label} readOnly={readonly} disabled={disabled} onBlur={onKeyRenameBlur} />
        {children}
      </div>
      <Button variant="subtle" color="gray" c="dimmed" size="compact-xs" aria-label={`Remove ${label}`} onClick={onRemoveProperty}>
        Remove
      </Button>
    </div>
  )
}

function Unsupported({ reason }: UnsupportedFieldProps) {
  return <p className="dim">A part of this form can not be shown: {reason}. The platform team can mend the template.</p>
}

function describeAs(text: string | undefined) {
  return text === undefined ? null : <p className={css['help']}>{text}</p>
}

function faultAs(fault: string | undefined) {
  return fault === undefined ? null : <p className={css['fault']}>{fault}</p>
}

const Nothing = (): null => null

/** How RJSF draws what is not an input: each input brings its own label, help and fault. */
export const formTemplates: Partial<Omit<TemplatesType, 'ButtonTemplates'>> = {
  FieldTemplate,
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ArrayTemplate,
  ArrayFieldItemTemplate: ArrayItemTemplate,
  MultiSchemaFieldTemplate: MultiSchemaTemplate,
  WrapIfAdditionalTemplate: WrapIfAdditional,
  UnsupportedFieldTemplate: Unsupported,
  DescriptionFieldTemplate: Nothing,
  FieldErrorTemplate: Nothing,
  FieldHelpTemplate: Nothing,
  ErrorListTemplate: Nothing,
  TitleFieldTemplate: Nothing,
}
