import { z } from 'zod'
import type { Route } from './route.ts'

type Schema = Record<string, unknown>

/** The OpenAPI 3.1 document of the routes. JSON routes in full; raw routes by path, with a word that they speak their own protocol. */
export function openApiOf(routes: readonly Route[], info: { title: string; version: string }): Schema {
  const paths: Record<string, Record<string, Schema>> = {}
  const schemas: Record<string, Schema> = { Problem: problemSchema }
  for (const route of [...routes].sort((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1))) {
    if (route.method === 'LOCK' || route.method === 'UNLOCK') continue // OpenAPI knows no other methods than HTTP's own
    const path = route.path.replace('+}', '}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: withNamedSchemas(operationOf(route), schemas) as Schema }
  }
  return {
    openapi: '3.1.0',
    info,
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas },
    paths,
  }
}

/** Schemas that have a name (`.meta({ id })`) stand once, in the components: each `$defs` moves there, and references follow. */
function withNamedSchemas(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((member) => withNamedSchemas(member, schemas))
  if (value === null || typeof value !== 'object') return value
  const { $defs, ...rest } = value as { $defs?: Record<string, Schema> }
  for (const [name, schema] of Object.entries($defs ?? {})) schemas[nameOf(name)] ??= withNamedSchemas(schema, schemas) as Schema
  return Object.fromEntries(
    Object.entries(rest).map(([key, member]) => [
      key,
      key === '$ref' && typeof member === 'string' ? `#/components/schemas/${nameOf(member.slice('#/$defs/'.length))}` : withNamedSchemas(member, schemas),
    ]),
  )
}

/** The one schema that refers to itself without a name of ours is zod's `z.json()`. */
function nameOf(name: string): string {
  return name.startsWith('__schema') ? 'Json' : name
}

function operationOf(route: Route): Schema {
  const common = {
    operationId: route.operation,
    summary: route.summary,
    tags: [route.tag],
    'x-permission': route.permission,
    ...(route.permission === 'public' ? { security: [] } : {}),
  }
  const problems = {
    default: {
      description: `Problem. Codes: ${(route.errors ?? []).map((error) => error.code).join(', ') || 'see the guide'}`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  }
  if (route.kind === 'raw')
    return {
      ...common,
      parameters: namesOf(route.path).map((name) => parameter('path', name, { type: 'string' }, true)),
      responses: { 200: { description: 'In the protocol that this address speaks' }, ...problems },
    }
  const status = String(route.status ?? 200)
  return {
    ...common,
    parameters: [...parametersOf('path', route.params), ...parametersOf('query', route.query)],
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } } } : {}),
    responses: {
      [status]:
        status === '204' ? { description: 'Done' } : { description: 'OK', content: { 'application/json': { schema: jsonSchema(route.response, 'output') } } },
      ...problems,
    },
  }
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): Schema[] {
  if (!schema) return []
  const object = jsonSchema(schema, 'input') as { properties?: Record<string, Schema>; required?: string[] }
  return Object.entries(object.properties ?? {}).map(([name, property]) =>
    parameter(place, name, property, place === 'path' || (object.required ?? []).includes(name)),
  )
}

function parameter(place: string, name: string, schema: Schema, required: boolean): Schema {
  return { name, in: place, required, schema }
}

function namesOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\+?\}/g)].map((match) => match[1] ?? '')
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Schema
  return rest
}

const problemSchema: Schema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    retryAfterSeconds: { type: 'number' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: {
          field: { type: 'string' },
          message: { type: 'string' },
          file: { type: 'string' },
          line: { type: 'integer' },
          column: { type: 'integer' },
        },
      },
    },
  },
}
