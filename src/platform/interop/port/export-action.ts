import type { Json, JsonObject } from '#kernel/common/json'
import type { Entity } from '#platform/catalog'
import { ORIGIN } from '../interop.ts'
import { isRecord } from '../read-foreign.ts'

/** A golden path as a self-service action of Port that starts it here, by the scaffolder's API with a token that Port keeps as a secret. */
export function exportAction(template: Entity, publicUrl: string): JsonObject {
  const ref = `template:${template.metadata.namespace ?? 'default'}/${template.metadata.name}`.toLowerCase()
  const pages = template.spec?.['parameters']
  const list: readonly Json[] = Array.isArray(pages) ? (pages as Json[]) : pages === undefined ? [] : [pages]
  const schemas = list.filter((page): page is JsonObject => isRecord(page))
  const properties = Object.fromEntries(
    schemas.flatMap((page) => Object.entries((page['properties'] ?? {}) as JsonObject).map(([name, value]) => [name, withoutWidgets(value)] as const)),
  )
  const required = schemas.flatMap((page) => (Array.isArray(page['required']) ? (page['required'] as Json[]) : []))
  return {
    identifier: template.metadata.annotations?.[ORIGIN.port] ?? template.metadata.name,
    title: template.metadata.title ?? template.metadata.name,
    ...(template.metadata.description === undefined ? {} : { description: template.metadata.description }),
    trigger: { type: 'self-service', operation: 'CREATE', userInputs: { properties, required, order: Object.keys(properties) } },
    invocationMethod: {
      type: 'WEBHOOK',
      url: `${publicUrl}/api/scaffolder/v2/tasks`,
      agent: false,
      synchronized: true,
      method: 'POST',
      headers: { Authorization: 'Bearer {{ .secrets["FAIRWAY_TOKEN"] }}', 'Content-Type': 'application/json' },
      body: { templateRef: ref, values: '{{ .inputs }}' },
    },
    requiredApproval: false,
  }
}

function withoutWidgets(value: Json): Json {
  if (!isRecord(value)) return value
  const { 'ui:field': field, ...rest } = value as JsonObject
  const plain = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('ui:')))
  if (field === 'OwnerPicker') return { ...plain, format: 'team' }
  return field === 'EntityPicker' ? { ...plain, format: 'entity' } : plain
}
