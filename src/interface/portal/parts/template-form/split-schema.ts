import type { RJSFSchema, UiSchema } from '@rjsf/utils'

/** A schema without words for the form, and those words as RJSF wants them. */
export interface SplitSchema {
  schema: RJSFSchema
  uiSchema: UiSchema
}

type Node = Record<string, unknown>

/** What a template may name in `ui:field`; others are shown as plain inputs with a note. */
export const KNOWN_FIELDS = [
  'OwnerPicker',
  'EntityPicker',
  'OwnedEntityPicker',
  'MultiEntityPicker',
  'EntityNamePicker',
  'EntityTagsPicker',
  'MyGroupsPicker',
  'RepoUrlPicker',
  'RepoBranchPicker',
  'Secret',
] as const

const NUMBER_WIDGETS = ['text', 'updown', 'range', 'radio', 'select', 'hidden']
/** What may be named in `ui:widget`, by type. */
const KNOWN_WIDGETS: Record<string, readonly string[]> = {
  string: ['text', 'textarea', 'password', 'email', 'uri', 'radio', 'select', 'hidden', 'date', 'date-time', 'datetime', 'time', 'color'],
  number: NUMBER_WIDGETS,
  integer: NUMBER_WIDGETS,
  boolean: ['checkbox', 'radio', 'select', 'hidden'],
  array: ['select', 'checkboxes', 'hidden', 'tags'],
}
/** What Kubernetes and the catalog take for a name. */
const ENTITY_NAME = { pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$', errorMessage: 'Letters, digits, dashes, dots and underscores, 63 at most' }

/**
 * Takes `ui:…` out of a page of a template's parameters, at any depth and in branches that may come to hold later.
 * What a form can't use is made harmless: an unknown field or widget, an order without `*`, a pattern that browsers can't read, a property behind a feature flag.
 */
export function splitSchema(page: Node): SplitSchema {
  const uiSchema: Node = {}
  const schema = split(page, uiSchema)
  return { schema: schema as RJSFSchema, uiSchema: uiSchema as UiSchema }
}

const BRANCH_LISTS = ['allOf', 'anyOf', 'oneOf']
const BRANCHES = ['if', 'then', 'else', 'not']

function split(node: Node, ui: Node): Node {
  const kept: Node = {}
  for (const [key, value] of Object.entries(node)) {
    if (key.startsWith('ui:')) ui[key] = value
    else if (key === 'enumNames') ui['ui:enumNames'] = value
    else if (key === 'pattern' && !isReadable(value)) continue
    else if (key === 'properties' && isNode(value)) kept[key] = splitMembers(value, ui)
    else if (key === 'items' && isNode(value)) kept[key] = split(value, memberOf(ui, 'items'))
    else if (BRANCH_LISTS.includes(key) && Array.isArray(value)) kept[key] = value.map((each) => (isNode(each) ? split(each, ui) : each))
    else if (BRANCHES.includes(key) && isNode(value)) kept[key] = split(value, ui)
    else if ((key === 'dependencies' || key === 'dependentSchemas') && isNode(value))
      kept[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, isNode(each) ? split(each, ui) : each]))
    else kept[key] = value
  }
  const hidden = isNode(node['properties']) ? hiddenMembers(node['properties']) : []
  if (hidden.length > 0 && Array.isArray(kept['required'])) kept['required'] = kept['required'].filter((name) => !hidden.includes(String(name)))
  settle(node, kept, ui)
  return kept
}

function splitMembers(members: Node, ui: Node): Node {
  const hidden = hiddenMembers(members)
  return Object.fromEntries(
    Object.entries(members)
      .filter(([name]) => !hidden.includes(name))
      .map(([name, each]) => [name, isNode(each) ? split(each, memberOf(ui, name)) : each]),
  )
}

/** Names behind Backstage's feature flags, none of which is on here. */
function hiddenMembers(members: Node): string[] {
  return Object.entries(members).flatMap(([name, each]) =>
    isNode(each) && (each['backstage:featureFlag'] !== undefined || (isNode(each['ui:backstage']) && each['ui:backstage']['featureFlag'] !== undefined))
      ? [name]
      : [],
  )
}

/** Mends what this node itself says; a branch may speak of a property again without repeating its words. */
function settle(node: Node, schema: Node, ui: Node): void {
  const field = node['ui:field']
  if (typeof field === 'string' && !(KNOWN_FIELDS as readonly string[]).includes(field)) {
    delete ui['ui:field']
    ui['ui:note'] = `The template asks for the field “${field}”, which is not known here; this is a plain one.`
  }
  const widget = node['ui:widget'] === undefined ? undefined : typeof node['ui:widget'] === 'string' ? node['ui:widget'] : 'of its own'
  if (field === 'EntityNamePicker' && schema['pattern'] === undefined) Object.assign(schema, ENTITY_NAME)
  const type = typeof schema['type'] === 'string' ? schema['type'] : Array.isArray(schema['enum']) ? 'string' : ''
  if (widget !== undefined && widget !== 'hidden' && !(KNOWN_WIDGETS[type] ?? []).includes(widget)) {
    delete ui['ui:widget']
    ui['ui:note'] = `The template asks for the widget “${widget}”, which is not known here; this is a plain one.`
  }
  const order = ui['ui:order']
  if (Array.isArray(order) && !order.includes('*')) ui['ui:order'] = [...order, '*']
  const items = schema['items']
  const inside = isNode(ui['items']) ? ui['items'] : {}
  const isPlainList =
    schema['type'] === 'array' && isNode(items) && items['type'] === 'string' && items['enum'] === undefined && Object.keys(inside).length === 0
  if (isPlainList && ui['ui:field'] === undefined && ui['ui:widget'] === undefined) ui['ui:widget'] = 'tags'
}

function memberOf(ui: Node, name: string): Node {
  const member = isNode(ui[name]) ? ui[name] : {}
  ui[name] = member
  return member
}

function isReadable(pattern: unknown): boolean {
  try {
    return new RegExp(String(pattern), 'u') instanceof RegExp
  } catch {
    return false
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
