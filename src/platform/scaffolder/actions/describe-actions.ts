import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import type { TemplateAction } from './template-action.ts'

/** One action as `GET /api/scaffolder/v2/actions` lists it. */
export interface ActionDescription {
  id: string
  description: string
  examples: readonly { description: string; example: string }[]
  /** JSON Schemas (draft 7). */
  schema: { input: JsonObject; output: JsonObject }
}

/** Lists actions by id, with their schemas. Pure. */
export function describeActions(actions: readonly TemplateAction[]): ActionDescription[] {
  return actions
    .map((action) => ({
      id: action.id,
      description: action.description,
      examples: action.examples ?? [],
      schema: { input: schemaOf(action.input), output: action.output ? schemaOf(action.output) : { type: 'object', properties: {} } },
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function schemaOf(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as unknown as JsonObject
}
