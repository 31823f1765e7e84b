import type { ApiDocument } from './api-document.ts'
import { apiFormat, type ApiFormat } from './api-format.ts'
import { isObject } from './json-value.ts'

/** A definition as it was read; why it could not be; or that it is a text of no known form. */
export type ReadApi = { state: 'read'; document: ApiDocument } | { state: 'failed'; reason: string } | { state: 'text' }

interface Given {
  type: string
  definition: string
  spec: Record<string, unknown>
}

/** Reads a definition by its format; each format's reader loads only when it is needed. */
export async function readApi(given: Given): Promise<ReadApi> {
  try {
    const document = await readAs(apiFormat(given.type, given.definition), given)
    return document === null ? { state: 'text' } : { state: 'read', document }
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

async function readAs(format: ApiFormat, { definition, spec }: Given): Promise<ApiDocument | null> {
  switch (format) {
    case 'openapi':
      return (await import('./read-openapi.ts')).readOpenapi(await readYaml(definition))
    case 'asyncapi':
      return (await import('./read-asyncapi.ts')).readAsyncapi(await readYaml(definition))
    case 'mcp':
      return (await import('./read-mcp.ts')).readMcp(spec, definition.trim() === '' ? undefined : await readYaml(definition))
    case 'graphql':
      return (await import('./read-graphql.ts')).readGraphql(definition)
    case 'protobuf':
      return (await import('./read-protobuf.ts')).readProtobuf(definition)
    default:
      return null
  }
}

async function readYaml(definition: string): Promise<unknown> {
  const { parse } = await import('yaml')
  const value: unknown = /^\s*\{/.test(definition) ? JSON.parse(definition) : parse(definition, { logLevel: 'error' })
  if (!isObject(value)) throw new Error('It has no members: is it the document itself, or only a link to it?')
  return value
}
