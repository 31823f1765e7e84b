import type { SourceDocument } from '#kernel/common/document'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'
import { checkEntity, type Entity } from '#platform/catalog'
import { problemsOfSchema } from './parameters.ts'
import { hasTemplateSyntax, parseTemplate, unknownNames } from './template-language/index.ts'

export interface TemplateStep {
  id: string
  name: string
  action: string
  if?: Json
  each?: Json
  input: JsonObject
  /** Where it is written. */
  place?: { file: string; line: number; column: number }
}

/** A `scaffolder.backstage.io/v1beta3` template, checked. */
export interface Template {
  /** E.g. `template:default/node-service-postgres`. */
  ref: string
  name: string
  title: string
  description: string
  owner: string
  type: string
  tags: string[]
  /** One JSON Schema a page. */
  parameters: JsonObject[]
  /** JSON Schema of the secrets that come with a request (`spec.secrets.schema`); undefined takes any. */
  secrets?: JsonObject
  /** How its form is shown (`spec.presentation`), e.g. `{ buttonLabels: { createButtonText: 'Make it' } }`. */
  presentation?: JsonObject
  steps: TemplateStep[]
  output: JsonObject
}

/**
 * Reads a template. A wrong one is told with file, line and field: the envelope, each parameter schema, double step ids, and every expression.
 * Pure; which actions there are is not asked here.
 */
export function readTemplate(document: SourceDocument): { template: Template; problems: [] } | { template?: undefined; problems: FieldProblem[] } {
  const verdict = checkEntity(document)
  if (!verdict.entity) return { problems: verdict.problems }
  if (verdict.entity.kind !== 'Template') return { problems: [problemAt(document, ['kind'], `this is a ${verdict.entity.kind}, not a Template`)] }
  const template = templateOf(verdict.entity, verdict.ref, document)
  const spec = verdict.entity.spec ?? {}
  const isList = Array.isArray(spec['parameters'])
  const problems = [
    ...template.parameters.flatMap((schema, index) =>
      problemsOfSchema(schema).map((message) => problemAt(document, isList ? ['spec', 'parameters', index] : ['spec', 'parameters'], message)),
    ),
    ...(template.secrets ? problemsOfSchema(template.secrets).map((message) => problemAt(document, ['spec', 'secrets', 'schema'], message)) : []),
    ...template.steps.flatMap((step, index) =>
      template.steps.findIndex((other) => other.id === step.id) === index
        ? []
        : [problemAt(document, ['spec', 'steps', index, 'id'], `two steps are called "${step.id}"`)],
    ),
    ...expressionProblems(document, ['spec', 'steps'], spec['steps']),
    ...expressionProblems(document, ['spec', 'output'], spec['output']),
  ]
  return problems.length === 0 ? { template, problems: [] } : { problems }
}

function templateOf(entity: Entity, ref: string, document: SourceDocument): Template {
  const spec = entity.spec ?? {}
  const parameters = spec['parameters']
  const secrets = isObject(spec['secrets']) ? spec['secrets']['schema'] : undefined
  const steps = (spec['steps'] ?? []) as unknown as Partial<TemplateStep>[]
  return {
    ref,
    name: entity.metadata.name,
    title: entity.metadata.title ?? entity.metadata.name,
    description: entity.metadata.description ?? '',
    owner: typeof spec['owner'] === 'string' ? spec['owner'] : '',
    type: typeof spec['type'] === 'string' ? spec['type'] : '',
    tags: entity.metadata.tags ?? [],
    parameters: (Array.isArray(parameters) ? parameters : parameters === undefined ? [] : [parameters]) as JsonObject[],
    steps: steps.map((step, index) => ({
      id: step.id ?? `step-${index + 1}`,
      name: step.name ?? step.action ?? '',
      action: step.action ?? '',
      ...(step.if === undefined ? {} : { if: step.if }),
      ...(step.each === undefined ? {} : { each: step.each }),
      input: step.input ?? {},
      place: { file: document.file, ...document.locate(['spec', 'steps', index, 'action']) },
    })),
    ...(isObject(secrets) ? { secrets } : {}),
    ...(isObject(spec['presentation']) ? { presentation: spec['presentation'] } : {}),
    output: (spec['output'] ?? {}) as JsonObject,
  }
}

/** Steps as they are written, each with the id and name that it has when it gives none: `step-1`, and its action. Pure. */
export function namedSteps(steps: Json | undefined): JsonObject[] {
  return (Array.isArray(steps) ? steps.filter(isObject) : []).map((step, index) => ({
    ...step,
    id: step['id'] ?? `step-${index + 1}`,
    name: step['name'] ?? step['action'] ?? '',
  }))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function expressionProblems(document: SourceDocument, path: PropertyKey[], value: unknown): FieldProblem[] {
  if (typeof value === 'string') {
    if (!hasTemplateSyntax(value)) return []
    try {
      return unknownNames(parseTemplate(value, { where: 'expression' })).map((message) => problemAt(document, path, message))
    } catch (error) {
      if (!isFault(error)) throw error
      return [problemAt(document, path, error.message)]
    }
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => expressionProblems(document, [...path, index], item))
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, member]) => expressionProblems(document, [...path, key], member))
  return []
}

function problemAt(document: SourceDocument, path: readonly PropertyKey[], message: string): FieldProblem {
  const field = path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`),
    '',
  )
  return { field, message, file: document.file, ...document.locate(path) }
}
