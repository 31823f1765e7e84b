import { createSchemaUtils, type RJSFSchema, type SchemaUtilsType, type UiSchema } from '@rjsf/utils'
import type { Json } from '#contract'
import type { Template } from '../../api/shapes.ts'
import { formFaults, type FormFault } from './form-faults.ts'
import { formValidator } from './form-validator.ts'
import { splitSchema } from './split-schema.ts'

/** What is filled in, by parameter. */
export type Values = Record<string, Json | undefined>

/** A titled part of a template's form: one of its parameter objects. */
export interface FormPage {
  title: string
  description: string
  schema: RJSFSchema
  uiSchema: UiSchema
  utils: SchemaUtilsType
}

/** More fields than this are asked for in steps, not on one page. */
const MOST_ON_ONE_PAGE = 14

/** The template's parameter pages; an empty one is left out. */
export function formPages(parameters: Template['parameters']): FormPage[] {
  return parameters.flatMap((page) => {
    const { schema, uiSchema } = splitSchema(page)
    const { title, description, ...rest } = schema
    if (Object.keys(rest).every((key) => key === 'type' || key === 'required')) return []
    const plain: RJSFSchema = { type: 'object', ...rest }
    return [{ title: title ?? '', description: description ?? '', schema: plain, uiSchema, utils: createSchemaUtils(formValidator, plain) }]
  })
}

/** Whether the form is walked through page by page. */
export function isWalked(pages: readonly FormPage[]): boolean {
  return pages.length > 1 && pages.reduce((sum, page) => sum + Object.keys(page.schema.properties ?? {}).length, 0) > MOST_ON_ONE_PAGE
}

/** Defaults of the schemas under what was typed before; what the reader owns alone is the owner. */
export function startValues(pages: readonly FormPage[], draft: Values, owner?: string): Values {
  let values: Values = { ...draft }
  for (const page of pages) {
    for (const [name, schema] of Object.entries(page.schema.properties ?? {})) {
      if (typeof schema !== 'object') continue
      const isRequired = page.schema.required?.includes(name) === true
      if (schema.type === 'boolean' && isRequired && schema.default === undefined) values[name] ??= false
      const isOwner = (page.uiSchema[name] as UiSchema | undefined)?.['ui:field'] === 'OwnerPicker'
      if (isOwner && isRequired && schema.default === undefined && owner !== undefined) values[name] ??= owner
    }
    values = page.utils.getDefaultFormState(page.schema, values) as Values
  }
  return values
}

/** What is asked for now: conditions of the page are settled by the values. */
function activeSchema(page: FormPage, values: Values): RJSFSchema {
  return page.utils.retrieveSchema(page.schema, values)
}

/** All that is wrong, page by page, in the form's order. */
export function pageFaults(pages: readonly FormPage[], values: Values): FormFault[][] {
  return pages.map((page) => formFaults(activeSchema(page, values), values))
}

/** What is sent: values of the parameters that are asked for now; those of a branch that no longer holds stay behind. */
export function sentValues(pages: readonly FormPage[], values: Values): Record<string, Json> {
  const asked = pages.map((page) => activeSchema(page, values))
  const isOpen = asked.some((schema) => typeof schema.additionalProperties === 'object' || schema.additionalProperties === true)
  const names = new Set(asked.flatMap((schema) => Object.keys(schema.properties ?? {})))
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined && (isOpen || names.has(entry[0]))))
}

/** Parameters that no draft may hold: passwords and secrets, wherever they are. */
export function secretNames(pages: readonly FormPage[]): Set<string> {
  return new Set(pages.flatMap((page) => Object.keys(page.uiSchema).filter((name) => hidesText(page.uiSchema[name]))))
}

function hidesText(ui: unknown): boolean {
  if (typeof ui !== 'object' || ui === null) return false
  const { 'ui:widget': widget, 'ui:field': field, ...below } = ui as Record<string, unknown>
  return widget === 'password' || field === 'Secret' || Object.values(below).some(hidesText)
}
