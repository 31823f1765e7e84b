import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchGroups, type ApiDocument, type Field } from './api-document.ts'
import { apiFormat } from './api-format.ts'
import { curlCommand } from './curl.ts'
import { JsonSchemas } from './json-schema.ts'
import { readApi } from './read-api.ts'

const read = async (type: string, definition: string, spec: Record<string, unknown> = {}): Promise<ApiDocument> => {
  const found = await readApi({ type, definition, spec })
  if (found.state !== 'read') throw new Error(found.state === 'failed' ? found.reason : found.state)
  return found.document
}
const outline = (document: ApiDocument): string[] =>
  document.groups.map((group) => `${group.title}: ${group.items.map((item) => `${item.verb} ${item.name}`.trim()).join(', ')}`)
const lines = (fields: readonly Field[] | undefined): string[] => (fields ?? []).map((field) => `${field.name}${field.isRequired ? '!' : ''}: ${field.type}`)

const openapi = `
openapi: 3.1.0
info: {title: Orders, version: 1.2.0}
servers: [{url: https://orders.example/v1}]
security: [{token: []}]
tags: [{name: orders, description: Everything of orders}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      tags: [orders]
      summary: Read one
      parameters: [{name: expand, in: query, required: true, schema: {type: string}}]
      responses: {'200': {description: It, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}
    put:
      tags: [orders]
      deprecated: true
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses: {}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
  schemas:
    Base: {type: object, required: [id], properties: {id: {type: string}}}
    Order:
      allOf:
        - $ref: '#/components/schemas/Base'
        - type: object
          required: [lines]
          properties:
            lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
            parent: {$ref: '#/components/schemas/Order'}
            note: {type: [string, 'null'], maxLength: 20}
    Line: {type: object, properties: {sku: {type: string, enum: [a, b]}, price: {type: integer, minimum: 0, default: 3}}}
`

describe('OpenAPI', () => {
  test('operations by tag, then schemas', async () => {
    const document = await read('openapi', openapi)
    expect([document.format, document.title, document.version]).toEqual(['OpenAPI 3.1.0', 'Orders', '1.2.0'])
    expect(outline(document)).toEqual(['orders: GET /orders/{id}, PUT /orders/{id}', 'Schemas: Base, Order, Line'])
  })

  test('an operation tells parameters of its path and its own, answers, and a command', async () => {
    const [get] = (await read('openapi', openapi)).groups[0]?.items ?? []
    const parts = get?.parts() ?? []
    expect(parts.map((part) => part.title)).toEqual(['Parameters', 'Answer 200, application/json', 'As curl'])
    expect(lines(parts[0]?.fields)).toEqual(['id!: string (uuid)', 'expand!: string'])
    expect(lines(parts[1]?.fields)).toEqual(['id!: string', 'lines!: array of Line', 'parent: Order', 'note: string or null'])
    expect(parts[2]?.code?.text).toBe(`curl 'https://orders.example/v1/orders/{id}?expand={expand}' \\\n  -H "authorization: Bearer $TOKEN"`)
  })

  test('a type that holds itself unfolds as deep as one likes; its example ends', async () => {
    const document = await read('openapi', openapi)
    const put = document.groups[0]?.items[1]?.parts() ?? []
    let fields = put.find((part) => part.title.startsWith('Body'))?.fields
    for (let depth = 0; depth < 20; depth += 1) fields = fields?.find((field) => field.name === 'parent')?.children?.()
    expect(lines(fields)).toContain('parent: Order')
    expect(JSON.parse(put.find((part) => part.title.startsWith('Example'))?.code?.text ?? '')).toEqual({
      id: 'string',
      lines: [{ sku: 'a', price: 3 }],
      note: 'string',
    })
  })

  test('version 2 is read too: body, form, host and base path', async () => {
    const document = await read(
      'openapi',
      JSON.stringify({
        swagger: '2.0',
        info: { title: 'Pets' },
        host: 'pets.example',
        basePath: '/v2/',
        paths: {
          '/pets': {
            post: {
              parameters: [{ in: 'body', name: 'pet', schema: { $ref: '#/definitions/Pet' } }],
              responses: { 201: { description: 'Made', schema: { $ref: '#/definitions/Pet' } } },
            },
          },
          '/photo': { post: { consumes: ['multipart/form-data'], parameters: [{ in: 'formData', name: 'file', type: 'file' }], responses: {} } },
        },
        definitions: { Pet: { type: 'object', properties: { name: { type: 'string' } } } },
      }),
    )
    const [pets, photo] = document.groups[0]?.items ?? []
    expect(pets?.parts().map((part) => part.title)).toEqual(['Body, application/json', 'Answer 201', 'Example of the body', 'As curl'])
    expect(pets?.parts().at(-1)?.code?.text).toContain("curl -X POST 'https://pets.example/v2/pets'")
    expect(lines(photo?.parts()[0]?.fields)).toEqual(['file: file'])
  })
})

test('AsyncAPI 2: what may be sent to a channel and received from it, each of several messages', async () => {
  const document = await read(
    'asyncapi',
    `
asyncapi: 2.6.0
info: {title: Events, version: '1'}
servers: {prod: {url: broker.example, protocol: kafka}}
channels:
  orders.placed:
    subscribe: {summary: Told of each, message: {oneOf: [{$ref: '#/components/messages/Placed'}, {name: Cancelled, payload: {type: object}}]}}
components:
  messages: {Placed: {payload: {type: object, properties: {id: {type: string}}}}}
`,
  )
  expect(outline(document)).toEqual(['orders.placed: receive from it Placed, receive from it Cancelled', 'Messages: Placed'])
  expect(document.facts).toEqual([['Servers', 'prod: kafka broker.example']])
  expect(lines(document.groups[0]?.items[0]?.parts()[0]?.fields)).toEqual(['id: string'])
})

test('AsyncAPI 3: operations on the channels that they name', async () => {
  const document = await read(
    'asyncapi',
    `
asyncapi: 3.0.0
info: {title: Events, version: '1'}
channels:
  placed: {address: orders.placed, messages: {Placed: {payload: {type: object, properties: {id: {type: string}}}}}}
  idle: {address: orders.idle, messages: {Idle: {payload: {type: string}}}}
operations:
  tell: {action: send, channel: {$ref: '#/channels/placed'}, messages: [{$ref: '#/channels/placed/messages/Placed'}]}
`,
  )
  expect(outline(document)).toEqual(['orders.placed: it sends Placed', 'orders.idle: Idle'])
})

test('GraphQL: operations, and types that unfold', async () => {
  const document = await read(
    'graphql',
    'schema { query: Root }\ntype Root { "One" order(id: ID!, deep: Boolean = true): Order }\ntype Order { id: ID! parent: Order old: Int @deprecated }\nenum Size { S M }\nunion Any = Order | Root\nextend type Order { size: Size }',
  )
  expect(outline(document)).toEqual(['Queries: query order', 'Types: object Order, enum Size, union Any'])
  const [args, answer] = document.groups[0]?.items[0]?.parts() ?? []
  expect(lines(args?.fields)).toEqual(['id!: ID!', 'deep: Boolean'])
  expect(lines(answer?.fields)).toEqual(['id: ID!', 'parent: Order', 'old: Int', 'size: Size'])
  expect(lines(answer?.fields?.[1]?.children?.())).toContain('parent: Order')
})

test('protobuf: services with methods and streams, messages, enums, what is imported by name', async () => {
  const document = await read(
    'grpc',
    'syntax = "proto3";\npackage shop.v1;\nimport "google/protobuf/empty.proto";\n// Keeps orders\nservice Orders {\n  // Reads one\n  rpc Get (GetRequest) returns (stream Order);\n  rpc Drop (GetRequest) returns (google.protobuf.Empty);\n}\nmessage GetRequest { string id = 1; }\nmessage Order { string id = 1; repeated Order parts = 2; map<string, Size> sizes = 3; oneof by { string user = 4; } enum Size { S = 0; } }',
  )
  expect(outline(document)).toEqual([
    'shop.v1.Orders: rpc Get, rpc Drop',
    'Messages: message shop.v1.GetRequest, message shop.v1.Order, enum shop.v1.Order.Size',
  ])
  const [get] = document.groups[0]?.items ?? []
  expect([get?.summary, get?.description]).toEqual(['GetRequest → stream of Order', 'Reads one'])
  expect(lines(get?.parts()[1]?.fields)).toEqual(['id: string', 'parts: repeated Order', 'sizes: map<string, Size>', 'user: string'])
})

test('an MCP server: where it is, and its tools', async () => {
  const document = await read('mcp-server', '', {
    remotes: [{ type: 'streamable-http', url: 'https://mcp.example' }],
    tools: [{ name: 'find', inputSchema: { properties: { q: { type: 'string' } } } }],
  })
  expect(outline(document)).toEqual(['Remotes: streamable-http https://mcp.example', 'Tools: tool find'])
  expect(lines(document.groups[1]?.items[0]?.parts()[0]?.fields)).toEqual(['q: string'])
})

test.each([
  ['', 'openapi: 3.0.0\n', 'openapi'],
  ['', '{"swagger":"2.0"}', 'openapi'],
  ['', 'info: {}\nasyncapi: 3.0.0', 'asyncapi'],
  ['', 'syntax = "proto3";', 'protobuf'],
  ['', 'type Query { a: Int }', 'graphql'],
  ['trpc', 'export type Router = typeof router', 'text'],
  ['', 'hello', 'text'],
])('type %j of %j is %s', (type, definition, format) => {
  expect(apiFormat(type, definition)).toBe(format)
})

test('what is broken says why, and never throws', async () => {
  expect(await readApi({ type: 'graphql', definition: 'type {', spec: {} })).toMatchObject({ state: 'failed' })
  expect(await readApi({ type: 'openapi', definition: 'https://example.com/openapi.json', spec: {} })).toMatchObject({ state: 'failed' })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('openapi', 'asyncapi', 'graphql', 'grpc', 'mcp-server', ''), fc.json({ maxDepth: 4 }), async (type, definition) => {
      const found = await readApi({ type, definition, spec: {} })
      if (found.state === 'read') for (const item of found.document.groups.flatMap((group) => group.items)) item.parts()
    }),
    { numRuns: 60 },
  )
})

test('schemas that lead to themselves or to elsewhere end', () => {
  const schemas = new JsonSchemas({
    a: { $ref: '#/b' },
    b: { $ref: '#/a' },
    c: { allOf: [{ $ref: '#/c' }] },
    list: { type: 'array', items: { $ref: '#/list' } },
  })
  expect(schemas.typeOf({ allOf: [{ $ref: '#/a' }] })).toBe('anything')
  expect(schemas.fieldsOf({ $ref: '#/c' })).toEqual([])
  expect(schemas.exampleOf({ $ref: '#/list' })).toEqual([])
  expect(schemas.fieldOf('x', { $ref: 'other.yaml#/X' }, false)).toMatchObject({ type: 'X', notes: ['described in other.yaml#/X'] })
})

test('a search keeps the items that have every word', async () => {
  const { groups } = await read('openapi', openapi)
  expect(searchGroups(groups, 'orders put').map((group) => group.items.length)).toEqual([1])
  expect(searchGroups(groups, 'nothing')).toEqual([])
  expect(searchGroups(groups, ' ')).toHaveLength(2)
})

test('what stands in a command is only text to the shell', () => {
  expect(curlCommand({ method: 'POST', url: "https://a.example/'$(id)'", headers: [['x$(id)', '`id` "$TOKEN"']], body: "{'a'}" })).toBe(
    `curl -X POST 'https://a.example/'\\''$(id)'\\''' \\\n  -H "x\\$(id): \\\`id\\\` \\"$TOKEN\\"" \\\n  -d '{'\\''a'\\''}'`,
  )
})
