interface EntityLink {
  url: string
  title?: string
  icon?: string
  type?: string
}

/** A catalog descriptor, in Backstage's shape. */
export interface Entity {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    title?: string
    description?: string
    tags?: string[]
    labels?: Record<string, string>
    annotations?: Record<string, string>
    links?: EntityLink[]
  }
  spec?: Record<string, unknown>
  relations?: { type: string; targetRef: string }[]
}

export interface EntityDetail {
  entity: Entity
  relations: { type: string; targetRef: string; title?: string }[]
  problems: { field?: string; message: string }[]
  source: { location: string; repository?: string; path?: string; commit: string | null } | null
}

export interface SearchHit {
  kind: string
  ref: string
  title: string
  summary: string
  href: string
}

/** The part of JSON Schema that templates use for their forms. */
export interface FieldSchema {
  type?: string
  title?: string
  description?: string
  default?: unknown
  enum?: (string | number)[]
  enumNames?: string[]
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  format?: string
  items?: FieldSchema
  uniqueItems?: boolean
  properties?: Record<string, FieldSchema>
  required?: string[]
  'ui:field'?: string
  'ui:widget'?: string
  'ui:autofocus'?: boolean
  'ui:help'?: string
  'ui:placeholder'?: string
  'ui:options'?: Record<string, unknown>
  errorMessage?: string | Record<string, string>
}

export interface TemplateInfo {
  ref: string
  name: string
  title: string
  description: string
  owner: string
  type: string
  tags: string[]
  steps: { id: string; name: string; action: string }[]
  parameters: FieldSchema[]
}

export interface FieldFault {
  field: string
  message: string
  file?: string
  line?: number
}

export interface CreationPreview {
  files: { path: string; content: string; isBinary: boolean }[]
  steps: { id: string; name: string; action: string; input: Record<string, unknown> }[]
  problems: FieldFault[]
}
