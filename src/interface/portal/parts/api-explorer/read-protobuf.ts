import protobuf from 'protobufjs'
import type { ApiDocument, ApiGroup, ApiItem, Field } from './api-document.ts'

/** Reads a protobuf file: its services with their methods, its messages and enums. Imports are named, not loaded. @throws what the parser says of a broken one. */
export function readProtobuf(definition: string): ApiDocument {
  const root = new protobuf.Root()
  const parsed = protobuf.parse(definition, root, { keepCase: true, alternateCommentMode: true })
  const groups: ApiGroup[] = []
  const types: ApiItem[] = []
  for (const object of walk(root)) {
    if (object instanceof protobuf.Service) groups.push(serviceGroup(object))
    else if (object instanceof protobuf.Type || object instanceof protobuf.Enum) types.push(typeItem(object))
  }
  const imports = [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])]
  return {
    title: parsed.package ?? '',
    version: '',
    format: 'Protocol Buffers',
    description: '',
    facts: imports.length === 0 ? [] : [['Imports', imports.join(', ')]],
    groups: [...groups, { title: 'Messages', description: '', items: types }].filter((group) => group.items.length > 0),
  }
}

function* walk(namespace: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const object of namespace.nestedArray) {
    yield object
    if (object instanceof protobuf.Namespace || object instanceof protobuf.Type) yield* walk(object)
  }
}

const pathOf = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, '')

function serviceGroup(service: protobuf.Service): ApiGroup {
  return {
    title: pathOf(service),
    description: service.comment ?? '',
    items: service.methodsArray.map((method) => {
      const asked = `${method.requestStream === true ? 'stream of ' : ''}${method.requestType}`
      const answered = `${method.responseStream === true ? 'stream of ' : ''}${method.responseType}`
      return {
        key: `${pathOf(service)}/${method.name}`,
        verb: 'rpc',
        name: method.name,
        summary: `${asked} → ${answered}`,
        description: method.comment ?? '',
        isDeprecated: method.options?.['deprecated'] === true,
        parts: () => [
          { title: 'Request', description: asked, fields: childrenOf(service, method.requestType)?.() ?? [] },
          { title: 'Response', description: answered, fields: childrenOf(service, method.responseType)?.() ?? [] },
          { title: 'As grpcurl', code: { text: `grpcurl -d '{}' HOST:443 ${pathOf(service)}/${method.name}`, language: 'sh' } },
        ],
      }
    }),
  }
}

function typeItem(object: protobuf.Type | protobuf.Enum): ApiItem {
  const isEnum = object instanceof protobuf.Enum
  return {
    key: `type ${pathOf(object)}`,
    verb: isEnum ? 'enum' : 'message',
    name: pathOf(object),
    summary: '',
    description: object.comment ?? '',
    isDeprecated: object.options?.['deprecated'] === true,
    parts: () => [{ title: isEnum ? 'Values' : 'Fields', fields: isEnum ? valuesOf(object) : fieldsOf(object) }],
  }
}

function valuesOf(object: protobuf.Enum): Field[] {
  return Object.entries(object.values).map(([name, number]) => ({
    name,
    type: String(number),
    isRequired: false,
    description: object.comments?.[name] ?? '',
    notes: [],
    children: null,
  }))
}

function fieldsOf(type: protobuf.Type): Field[] {
  return type.fieldsArray.map((field) => ({
    name: field.name,
    type: `${field.repeated ? 'repeated ' : ''}${field instanceof protobuf.MapField ? `map<${field.keyType}, ${field.type}>` : field.type}`,
    isRequired: field.required,
    isDeprecated: field.options?.['deprecated'] === true,
    description: field.comment ?? '',
    notes: [`= ${field.id}`, ...(field.partOf === null ? [] : [`one of ${field.partOf.name}`])],
    children: childrenOf(type, field.type),
  }))
}

function childrenOf(from: protobuf.NamespaceBase, name: string): (() => Field[]) | null {
  const found = from.lookup(name, [protobuf.Type, protobuf.Enum])
  if (found instanceof protobuf.Type) return () => fieldsOf(found)
  return found instanceof protobuf.Enum ? () => valuesOf(found) : null
}
