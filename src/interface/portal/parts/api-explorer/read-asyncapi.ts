import type { ApiDocument, ApiGroup, ApiItem, ApiPart } from './api-document.ts'
import { JsonSchemas, refName } from './json-schema.ts'
import { isObject, listIn, objectIn, textIn, type JsonObject } from './json-value.ts'

/** Reads AsyncAPI 2 and 3: its channels, and what is sent and received on them. Pure. */
export function readAsyncapi(root: unknown): ApiDocument {
  const schemas = new JsonSchemas(root)
  const info = objectIn(root, 'info')
  const version = textIn(root, 'asyncapi')
  const servers = Object.entries(objectIn(root, 'servers')).map(([name, value]) => {
    const server = schemas.resolve(value)
    const where = textIn(server, 'url') || `${textIn(server, 'host')}${textIn(server, 'pathname')}`
    return `${name}: ${[textIn(server, 'protocol'), where].filter(Boolean).join(' ')}`
  })
  const messages = Object.entries(objectIn(objectIn(root, 'components'), 'messages'))
  const shared: ApiGroup = {
    title: 'Messages',
    description: '',
    items: messages.map(([name, message]) => messageItem(schemas, `message ${name}`, '', message, name)),
  }
  return {
    title: textIn(info, 'title'),
    version: textIn(info, 'version'),
    format: `AsyncAPI ${version}`,
    description: textIn(info, 'description'),
    facts: servers.length === 0 ? [] : [['Servers', servers.join(', ')]],
    groups: [...(version.startsWith('2') ? channelsOfTwo(root, schemas) : channelsOfThree(root, schemas)), shared].filter((group) => group.items.length > 0),
  }
}

/** In version 2, `publish` is what others may send, `subscribe` what others may receive. */
function channelsOfTwo(root: unknown, schemas: JsonSchemas): ApiGroup[] {
  return Object.entries(objectIn(root, 'channels')).map(([address, value]) => {
    const channel = schemas.resolve(value)
    const items = (['publish', 'subscribe'] as const).flatMap((side) => {
      const operation = schemas.resolve(channel[side])
      const message = schemas.resolve(operation['message'])
      const options = listIn(message, 'oneOf')
      const verb = side === 'publish' ? 'send to it' : 'receive from it'
      const all = options.length > 0 ? options : operation['message'] === undefined ? [] : [operation['message']]
      return all.map((each, at) => messageItem(schemas, `${side} ${address} ${at}`, verb, each, textIn(operation, 'operationId') || address, operation))
    })
    return { title: address, description: textIn(channel, 'description'), items }
  })
}

/** In version 3, operations name the channel and say what the application itself does. */
function channelsOfThree(root: unknown, schemas: JsonSchemas): ApiGroup[] {
  const operations = Object.entries(objectIn(root, 'operations')).map(([id, value]) => ({ id, operation: schemas.resolve(value) }))
  return Object.entries(objectIn(root, 'channels')).map(([id, value]) => {
    const channel = schemas.resolve(value)
    const known = objectIn(channel, 'messages')
    const own = operations.filter(({ operation }) => refName(operation['channel']) === id)
    const items = own.flatMap(({ id: operationId, operation }) => {
      const named = listIn(operation, 'messages')
      const messages = named.length > 0 ? named : Object.values(known)
      const verb = textIn(operation, 'action') === 'receive' ? 'it receives' : 'it sends'
      return messages.map((message, at) => messageItem(schemas, `${operationId} ${at}`, verb, message, operationId, operation))
    })
    const unused = own.length > 0 ? [] : Object.entries(known).map(([name, message]) => messageItem(schemas, `${id} ${name}`, '', message, name))
    return { title: textIn(channel, 'address') || id, description: textIn(channel, 'description') || textIn(channel, 'summary'), items: [...items, ...unused] }
  })
}

function messageItem(schemas: JsonSchemas, key: string, verb: string, value: unknown, name: string, operation: JsonObject = {}): ApiItem {
  const message = schemas.resolve(value)
  const title = textIn(message, 'title') || textIn(message, 'name') || refName(value) || name
  return {
    key,
    verb,
    name: title,
    summary: textIn(operation, 'summary') || textIn(message, 'summary'),
    description: textIn(message, 'description') || textIn(operation, 'description'),
    isDeprecated: message['deprecated'] === true,
    parts: () => messageParts(schemas, message),
  }
}

function messageParts(schemas: JsonSchemas, message: JsonObject): ApiPart[] {
  const payload = isObject(message['payload']) && isObject(message['payload']['schema']) ? message['payload']['schema'] : message['payload']
  const parts: ApiPart[] = []
  if (message['headers'] !== undefined) parts.push({ title: 'Headers', fields: schemas.fieldsOf(message['headers']) })
  if (payload !== undefined) parts.push({ title: 'Payload', description: schemas.typeOf(payload), fields: schemas.fieldsOf(payload) })
  const given = listIn(message, 'examples')
    .map((each) => (isObject(each) ? each['payload'] : undefined))
    .find((each) => each !== undefined)
  const example = given ?? (payload === undefined ? undefined : schemas.exampleOf(payload))
  if (example !== undefined) parts.push({ title: 'Example', code: { text: JSON.stringify(example, null, 2), language: 'json' } })
  return parts
}
