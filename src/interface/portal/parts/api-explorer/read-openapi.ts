import type { ApiDocument, ApiGroup, ApiItem, ApiPart, Field } from './api-document.ts'
import { curlCommand } from './curl.ts'
import { JsonSchemas, refName } from './json-schema.ts'
import { isObject, listIn, objectIn, textIn, type JsonObject } from './json-value.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']

/** Reads OpenAPI 2 and 3.x: its operations by tag, and the schemas that they share. What is odd in it is passed over. Pure. */
export function readOpenapi(root: unknown): ApiDocument {
  const schemas = new JsonSchemas(root)
  const info = objectIn(root, 'info')
  const groups = new Map<string, ApiGroup>()
  for (const tag of listIn(root, 'tags')) {
    const title = textIn(tag, 'name')
    if (title !== '') groups.set(title, { title, description: textIn(tag, 'description'), items: [] })
  }
  const paths = [
    ...Object.entries(objectIn(root, 'paths')),
    ...Object.entries(objectIn(root, 'webhooks')).map(([name, value]) => [`webhook ${name}`, value] as const),
  ]
  for (const [path, value] of paths) {
    const item = schemas.resolve(value)
    for (const method of METHODS.filter((each) => isObject(item[each]))) {
      const operation = item[method] as JsonObject
      const title = listIn(operation, 'tags').find((tag): tag is string => typeof tag === 'string') ?? 'Operations'
      const group = groups.get(title) ?? { title, description: '', items: [] }
      groups.set(title, group)
      group.items.push(operationItem({ root, schemas, path, method, item, operation }))
    }
  }
  const shared = Object.entries({ ...objectIn(root, 'definitions'), ...objectIn(objectIn(root, 'components'), 'schemas') })
  const types: ApiGroup = { title: 'Schemas', description: '', items: shared.map(([name, schema]) => schemaItem(schemas, name, schema)) }
  return {
    title: textIn(info, 'title'),
    version: textIn(info, 'version'),
    format: textIn(root, 'swagger') === '' ? `OpenAPI ${textIn(root, 'openapi')}` : `OpenAPI ${textIn(root, 'swagger')}`,
    description: textIn(info, 'description'),
    facts: [
      ['Servers', serversOf(root).join(', ')],
      ['License', textIn(objectIn(info, 'license'), 'name')],
      ['Contact', textIn(objectIn(info, 'contact'), 'email')],
    ].filter((fact): fact is [string, string] => fact[1] !== ''),
    groups: [...groups.values(), types].filter((group) => group.items.length > 0),
  }
}

interface Operation {
  root: unknown
  schemas: JsonSchemas
  path: string
  method: string
  item: JsonObject
  operation: JsonObject
}

function operationItem(at: Operation): ApiItem {
  const { path, method, operation } = at
  return {
    key: `${method} ${path}`,
    verb: method.toUpperCase(),
    name: path,
    summary: textIn(operation, 'summary'),
    description: textIn(operation, 'description'),
    isDeprecated: operation['deprecated'] === true,
    parts: () => operationParts(at),
  }
}

function operationParts(at: Operation): ApiPart[] {
  const { schemas, operation } = at
  const parameters = parametersOf(at)
  const fields = parameters.filter((each) => textIn(each, 'in') !== 'body' && textIn(each, 'in') !== 'formData').map((each) => parameterField(schemas, each))
  const body = bodyOf(at, parameters)
  const parts: ApiPart[] = []
  if (fields.length > 0) parts.push({ title: 'Parameters', fields })
  if (body !== null) parts.push(schemaPart(schemas, `Body${body.media === '' ? '' : `, ${body.media}`}`, body.schema, body.description))
  for (const [status, response] of Object.entries(objectIn(operation, 'responses'))) parts.push(responsePart(schemas, status, schemas.resolve(response)))
  if (body !== null) {
    const example = body.example ?? schemas.exampleOf(body.schema)
    if (example !== undefined) parts.push({ title: 'Example of the body', code: { text: textOf(example), language: 'json' } })
  }
  parts.push({ title: 'As curl', code: { text: curlOf(at, parameters, body), language: 'sh' } })
  return parts
}

function parametersOf({ schemas, item, operation }: Operation): JsonObject[] {
  const found = new Map<string, JsonObject>()
  for (const each of [...listIn(item, 'parameters'), ...listIn(operation, 'parameters')]) {
    const parameter = schemas.resolve(each)
    if (textIn(parameter, 'name') !== '') found.set(`${textIn(parameter, 'in')} ${textIn(parameter, 'name')}`, parameter)
  }
  return [...found.values()]
}

function parameterField(schemas: JsonSchemas, parameter: JsonObject): Field {
  const content = Object.values(objectIn(parameter, 'content'))[0]
  const schema = parameter['schema'] ?? (isObject(content) ? content['schema'] : undefined) ?? parameter
  const field = schemas.fieldOf(textIn(parameter, 'name'), schema, parameter['required'] === true && schema !== parameter, textIn(parameter, 'description'))
  return {
    ...field,
    isRequired: parameter['required'] === true,
    isDeprecated: parameter['deprecated'] === true,
    notes: [`in ${textIn(parameter, 'in')}`, ...field.notes],
  }
}

interface Body {
  media: string
  schema: unknown
  description: string
  example: unknown
}

function bodyOf({ root, schemas, operation }: Operation, parameters: readonly JsonObject[]): Body | null {
  const request = schemas.resolve(operation['requestBody'])
  const [media, content] = Object.entries(objectIn(request, 'content')).sort(([a], [b]) => Number(b.includes('json')) - Number(a.includes('json')))[0] ?? []
  if (media !== undefined)
    return {
      media,
      schema: isObject(content) ? content['schema'] : undefined,
      description: textIn(request, 'description'),
      example: exampleIn(schemas, content),
    }
  const old = parameters.find((each) => textIn(each, 'in') === 'body')
  const consumes = [...listIn(operation, 'consumes'), ...listIn(root, 'consumes')].find((each): each is string => typeof each === 'string')
  if (old !== undefined) return { media: consumes ?? 'application/json', schema: old['schema'], description: textIn(old, 'description'), example: undefined }
  const form = parameters.filter((each) => textIn(each, 'in') === 'formData')
  if (form.length === 0) return null
  const properties = Object.fromEntries(form.map((each) => [textIn(each, 'name'), each]))
  return { media: consumes ?? 'application/x-www-form-urlencoded', schema: { type: 'object', properties }, description: '', example: undefined }
}

function responsePart(schemas: JsonSchemas, status: string, response: JsonObject): ApiPart {
  const [media, content] = Object.entries(objectIn(response, 'content'))[0] ?? []
  const schema = (isObject(content) ? content['schema'] : undefined) ?? response['schema']
  const title = `Answer ${status}${media === undefined ? '' : `, ${media}`}`
  return schema === undefined ? { title, description: textIn(response, 'description') } : schemaPart(schemas, title, schema, textIn(response, 'description'))
}

function schemaPart(schemas: JsonSchemas, title: string, schema: unknown, description: string): ApiPart {
  return { title, description: [description, schemas.typeOf(schema)].filter(Boolean).join(' · '), fields: schemas.fieldsOf(schema) }
}

function schemaItem(schemas: JsonSchemas, name: string, schema: unknown): ApiItem {
  const resolved = schemas.resolve(schema)
  return {
    key: `schema ${name}`,
    verb: '',
    name,
    summary: textIn(resolved, 'title') === name ? '' : textIn(resolved, 'title'),
    description: textIn(resolved, 'description'),
    isDeprecated: resolved['deprecated'] === true,
    parts: () => {
      const field = schemas.fieldOf(name, schema, false)
      const example = schemas.exampleOf(schema)
      return [
        { title: refName(schema) ?? field.type, description: field.notes.join(', '), fields: schemas.fieldsOf(schema) },
        ...(example === undefined ? [] : [{ title: 'Example', code: { text: textOf(example), language: 'json' } }]),
      ]
    },
  }
}

function curlOf(at: Operation, parameters: readonly JsonObject[], body: Body | null): string {
  const { root, schemas, path, method, operation } = at
  const query = parameters
    .filter((each) => textIn(each, 'in') === 'query' && each['required'] === true)
    .map((each) => `${encodeURIComponent(textIn(each, 'name'))}={${textIn(each, 'name')}}`)
  const headers: (readonly [string, string])[] = parameters
    .filter((each) => textIn(each, 'in') === 'header' && each['required'] === true)
    .map((each) => [textIn(each, 'name'), `{${textIn(each, 'name')}}`] as const)
  headers.push(...securityHeaders(root, schemas, operation))
  if (body !== null && body.media !== '') headers.push(['content-type', body.media])
  const example = body === null ? undefined : (body.example ?? schemas.exampleOf(body.schema))
  const server = serversOf(root)[0] ?? 'https://HOST'
  const base = (/^https?:\/\//.test(server) ? server : `https://HOST${server.startsWith('/') ? '' : '/'}${server}`).replace(/\/$/, '')
  return curlCommand({
    method: method.toUpperCase(),
    url: `${base}${path}${query.length === 0 ? '' : `?${query.join('&')}`}`,
    headers,
    body: example === undefined ? undefined : textOf(example),
  })
}

function securityHeaders(root: unknown, schemas: JsonSchemas, operation: JsonObject): (readonly [string, string])[] {
  const demands = Array.isArray(operation['security']) ? operation['security'] : listIn(root, 'security')
  const names = isObject(demands[0]) ? Object.keys(demands[0]) : []
  const schemes = { ...objectIn(root, 'securityDefinitions'), ...objectIn(objectIn(root, 'components'), 'securitySchemes') }
  return names.flatMap((name): (readonly [string, string])[] => {
    const scheme = schemas.resolve(schemes[name])
    const type = textIn(scheme, 'type')
    if (type === 'apiKey') return textIn(scheme, 'in') === 'header' ? [[textIn(scheme, 'name'), '$TOKEN']] : []
    if (type === 'basic' || (type === 'http' && textIn(scheme, 'scheme') === 'basic')) return [['authorization', 'Basic $TOKEN']]
    return type === '' ? [] : [['authorization', 'Bearer $TOKEN']]
  })
}

function serversOf(root: unknown): string[] {
  const servers = listIn(root, 'servers').flatMap((server) => textIn(server, 'url') || [])
  if (servers.length > 0) return servers
  const host = textIn(root, 'host')
  if (host === '') return textIn(root, 'basePath') === '' ? [] : [textIn(root, 'basePath')]
  const scheme = listIn(root, 'schemes').find((each): each is string => typeof each === 'string') ?? 'https'
  return [`${scheme}://${host}${textIn(root, 'basePath').replace(/\/$/, '')}`]
}

function exampleIn(schemas: JsonSchemas, content: unknown): unknown {
  if (!isObject(content)) return undefined
  if (content['example'] !== undefined) return content['example']
  const first = Object.values(objectIn(content, 'examples'))[0]
  return first === undefined ? undefined : schemas.resolve(first)['value']
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
