import { Kind, parse, print, type ASTNode, type DefinitionNode, type FieldDefinitionNode, type InputValueDefinitionNode, type TypeNode } from 'graphql'
import type { ApiDocument, ApiGroup, ApiItem, Field } from './api-document.ts'

type Named = Extract<DefinitionNode, { name?: { value: string } | undefined; description?: unknown }>

/** Reads a GraphQL schema: what can be queried, altered and followed, and its types. @throws what the parser says of a broken one. */
export function readGraphql(definition: string): ApiDocument {
  const { definitions } = parse(definition, { noLocation: true, maxTokens: 300_000 })
  const types = new Map<string, Named[]>()
  const roots: Record<string, string> = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }
  for (const node of definitions) {
    if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
      for (const operation of node.operationTypes ?? []) roots[operation.operation] = operation.type.name.value
    else if ('name' in node && node.name !== undefined && node.kind !== Kind.DIRECTIVE_DEFINITION)
      types.set(node.name.value, [...(types.get(node.name.value) ?? []), node as Named])
  }
  const groups: ApiGroup[] = Object.entries({ query: 'Queries', mutation: 'Mutations', subscription: 'Subscriptions' }).map(([verb, title]) => ({
    title,
    description: '',
    items: membersOf(types.get(roots[verb] ?? '') ?? []).map((field) => operationItem(types, verb, field as FieldDefinitionNode)),
  }))
  const rest = [...types].filter(([name]) => !Object.values(roots).includes(name))
  groups.push({ title: 'Types', description: '', items: rest.map(([name, nodes]) => typeItem(types, name, nodes)) })
  return { title: '', version: '', format: 'GraphQL', description: '', facts: [], groups: groups.filter((group) => group.items.length > 0) }
}

type Types = ReadonlyMap<string, Named[]>

function operationItem(types: Types, verb: string, field: FieldDefinitionNode): ApiItem {
  const args = field.arguments ?? []
  return {
    key: `${verb} ${field.name.value}`,
    verb,
    name: field.name.value,
    summary: print(field.type),
    description: field.description?.value ?? '',
    isDeprecated: isDeprecated(field),
    parts: () => [
      ...(args.length === 0 ? [] : [{ title: 'Arguments', fields: args.map((each) => fieldOf(types, each)) }]),
      { title: 'Answers', description: print(field.type), fields: childrenOf(types, field.type)?.() ?? [] },
    ],
  }
}

function typeItem(types: Types, name: string, nodes: readonly Named[]): ApiItem {
  const [first] = nodes
  const description = first !== undefined && 'description' in first ? (first.description?.value ?? '') : ''
  const words = (first?.kind ?? '')
    .replace(/Type(?:Definition|Extension)$/, '')
    .replace('InputObject', 'Input')
    .toLowerCase()
  return {
    key: `type ${name}`,
    verb: words,
    name,
    summary: '',
    description,
    isDeprecated: false,
    parts: () => {
      const fields = fieldsOfType(types, name)
      return [
        ...(fields.length === 0 ? [] : [{ title: words === 'enum' ? 'Values' : words === 'union' ? 'One of' : 'Fields', fields }]),
        { title: 'Definition', code: { text: nodes.map((node) => print(node as ASTNode)).join('\n\n'), language: 'graphql' } },
      ]
    },
  }
}

function membersOf(nodes: readonly Named[]): (FieldDefinitionNode | InputValueDefinitionNode)[] {
  return nodes.flatMap((node) => ('fields' in node ? [...(node.fields ?? [])] : []) as (FieldDefinitionNode | InputValueDefinitionNode)[])
}

function fieldsOfType(types: Types, name: string): Field[] {
  const nodes = types.get(name) ?? []
  const plain = (value: string, description: string, isOld: boolean): Field => ({
    name: value,
    type: '',
    isRequired: false,
    isDeprecated: isOld,
    description,
    notes: [],
    children: types.has(value) ? () => fieldsOfType(types, value) : null,
  })
  return nodes.flatMap((node) => {
    if ('values' in node) return (node.values ?? []).map((value) => plain(value.name.value, value.description?.value ?? '', isDeprecated(value)))
    if ('types' in node) return (node.types ?? []).map((type) => plain(type.name.value, '', false))
    return membersOf([node]).map((field) => fieldOf(types, field))
  })
}

function fieldOf(types: Types, field: FieldDefinitionNode | InputValueDefinitionNode): Field {
  const args = field.kind === Kind.FIELD_DEFINITION ? (field.arguments ?? []) : []
  const initial = field.kind === Kind.INPUT_VALUE_DEFINITION ? field.defaultValue : undefined
  return {
    name: field.name.value,
    type: print(field.type),
    isRequired: field.kind === Kind.INPUT_VALUE_DEFINITION && field.type.kind === Kind.NON_NULL_TYPE && initial === undefined,
    isDeprecated: isDeprecated(field),
    description: field.description?.value ?? '',
    notes: [...args.map((arg) => print({ ...arg, description: undefined } as ASTNode)), ...(initial === undefined ? [] : [`default ${print(initial)}`])],
    children: childrenOf(types, field.type),
  }
}

function childrenOf(types: Types, type: TypeNode): (() => Field[]) | null {
  let inner = type
  while (inner.kind !== Kind.NAMED_TYPE) inner = inner.type
  const name = inner.name.value
  const nodes = types.get(name)
  return nodes === undefined || nodes.every((node) => node.kind === Kind.SCALAR_TYPE_DEFINITION) ? null : () => fieldsOfType(types, name)
}

function isDeprecated(node: { directives?: readonly { name: { value: string } }[] | undefined }): boolean {
  return (node.directives ?? []).some((directive) => directive.name.value === 'deprecated')
}
