import type { Json, JsonObject } from '#kernel/common/json'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import { isRecord, type ForeignObject, textOf } from '../read-foreign.ts'
import type { PortImport } from './import-port.ts'

/**
 * A self-service action. One that runs a GitHub workflow becomes a template that dispatches it; any other is kept as an Action document and reported:
 * Fairway does not call foreign webhooks or queues in a user's name.
 */
export function importAction(object: ForeignObject, { names, lose }: PortImport): ImportedDocument {
  const value = object.value as JsonObject & { identifier: string }
  const trigger = isRecord(value['trigger']) ? value['trigger'] : {}
  const method = isRecord(value['invocationMethod']) ? value['invocationMethod'] : {}
  const inputs = trigger['userInputs'] ?? value['userInputs']
  const schema = schemaOf(isRecord(inputs) ? inputs : {})
  const metadata = {
    name: names.nameOf('Template', value.identifier),
    ...(typeof value['title'] === 'string' ? { title: value['title'] } : {}),
    ...(typeof value['description'] === 'string' ? { description: value['description'] } : {}),
    annotations: { [ORIGIN.port]: value.identifier },
  }
  const type = textOf(method['type'], 'unknown').toUpperCase()
  if (trigger['type'] === 'automation')
    lose(object, `${value.identifier}.trigger`, 'dropped', 'an automation has no counterpart; this can be started by hand only')
  if (value['requiredApproval'] !== undefined && value['requiredApproval'] !== false)
    lose(object, `${value.identifier}.requiredApproval`, 'dropped', 'who approves is said by a step approval:wait of the template')
  if (type !== 'GITHUB') {
    lose(object, `${value.identifier}.invocationMethod`, 'kept', `actions by ${type} are not run here; write a template with the steps that it stands for`)
    return { apiVersion: 'fairway.dev/v1', kind: 'Action', metadata, spec: { parameters: schema, port: value } }
  }
  const { org, repo, workflow, workflowInputs } = method
  return {
    apiVersion: 'scaffolder.backstage.io/v1beta3',
    kind: 'Template',
    metadata,
    spec: {
      type: 'action',
      parameters: [{ title: value['title'] ?? value.identifier, ...schema }],
      steps: [
        {
          id: 'dispatch',
          name: 'Run the workflow',
          action: 'github:actions:dispatch',
          input: {
            repoUrl: `github.com?owner=${textOf(org)}&repo=${textOf(repo)}`,
            workflowId: textOf(workflow),
            branchOrTagName: 'main',
            workflowInputs: templatedBy(workflowInputs, (reason, field) => lose(object, `${value.identifier}.workflowInputs.${field}`, 'dropped', reason)),
          },
        },
      ],
    },
  }
}

/** Port's user inputs are JSON Schema with formats of its own, which pickers take over. */
function schemaOf(inputs: Record<string, unknown>): JsonObject {
  const properties = Object.entries(isRecord(inputs['properties']) ? inputs['properties'] : {}).map(([name, raw]) => {
    const property: Record<string, Json> = { ...(isRecord(raw) ? (raw as JsonObject) : {}) }
    const { format } = property
    if (format === 'team') Object.assign(property, { 'ui:field': 'EntityPicker', 'ui:options': { catalogFilter: { kind: 'Group' } } })
    if (format === 'user') Object.assign(property, { 'ui:field': 'EntityPicker', 'ui:options': { catalogFilter: { kind: 'User' } } })
    if (format === 'entity') Object.assign(property, { 'ui:field': 'EntityPicker' })
    if (['team', 'user', 'entity', 'yaml', 'markdown', 'timer'].includes(textOf(format))) delete property['format']
    return [name, property] as const
  })
  const { required, order } = inputs
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(Array.isArray(required) ? { required: required.filter((item): item is string => typeof item === 'string') } : {}),
    ...(Array.isArray(order) ? { 'ui:order': [...order.filter((item): item is string => typeof item === 'string'), '*'] } : {}),
  }
}

const INPUT = /\{\{\s*\.inputs\.(?:"([^"]+)"|([\w-]+))\s*\}\}/g

/** `{{ .inputs.name }}` becomes `${{ parameters.name }}`; what else stands in braces has no counterpart. */
function templatedBy(inputs: unknown, lose: (reason: string, field: string) => void): JsonObject {
  if (!isRecord(inputs)) return {}
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => {
      const text = (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(
        INPUT,
        (_, quoted: string | undefined, plain: string | undefined) => `\${{ parameters["${quoted ?? plain ?? ''}"] }}`,
      )
      if (!/\{\{(?!\s*parameters\[)/.test(text)) return [[name, text]]
      lose(`"${text.slice(0, 80)}" uses what only Port knows`, name)
      return []
    }),
  )
}
