import type { JsonObject, Json } from '#kernel/common/json'
import { toTag } from '../foreign-name.ts'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import { textsOf, type ForeignObject } from '../read-foreign.ts'
import type { PortImport } from './import-port.ts'
import { kindOfBlueprint, type KindOfBlueprint } from './port-kinds.ts'

/** Blueprint → relation → target blueprint. */
export type BlueprintRelations = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Fields of Port that it writes itself: they say nothing that a catalog would want back. */
const WRITTEN_BY_PORT = new Set(['createdAt', 'updatedAt', 'createdBy', 'updatedBy', 'scorecards', 'resolvedTeams'])
const KNOWN = new Set(['identifier', 'title', 'icon', 'team', 'blueprint', 'properties', 'relations'])
const UNKNOWN_OWNER = 'group:default/unknown'

/**
 * An entity of Port as one of the catalog: properties as they are in `spec.properties`, relations as edges of the kind that fits best.
 * A user without a name is left out.
 */
export function importEntity(object: ForeignObject, context: PortImport): ImportedDocument[] {
  const value = object.value as JsonObject & { identifier: string; blueprint: string }
  const target = kindOfBlueprint(value.blueprint)
  const field = `${value.blueprint}/${value.identifier}`
  for (const key of Object.keys(value))
    if (!KNOWN.has(key) && !WRITTEN_BY_PORT.has(key)) context.lose(object, `${field}.${key}`, 'dropped', 'Port has no such field in its published API')
  const properties = (value['properties'] ?? {}) as JsonObject
  const relations = Object.entries((value['relations'] ?? {}) as JsonObject).flatMap(([name, ids]) =>
    textsOf(ids).map((id) => ({ name, target: kindOfBlueprint(targetOf(context, value.blueprint, name)), id })),
  )
  const refs = relations.map((relation) => ({ ...relation, ref: refOf(context, relation.target.kind, relation.id) }))
  const owner = ownerOf(object, value, refs, context)
  const name = context.names.nameOf(target.kind, value.identifier)
  const tags = textsOf(properties['tags'] ?? properties['labels']).flatMap((text) => toTag(text) ?? [])
  return [
    {
      apiVersion: 'backstage.io/v1alpha1',
      kind: target.kind,
      metadata: {
        name,
        ...(typeof value['title'] === 'string' && value['title'] !== '' ? { title: value['title'] } : {}),
        ...(typeof properties['description'] === 'string' ? { description: properties['description'] } : {}),
        annotations: { [ORIGIN.port]: value.identifier, [ORIGIN.portBlueprint]: value.blueprint },
        ...(tags.length === 0 ? {} : { tags: [...new Set(tags)] }),
        ...linksOf(properties),
      },
      spec: {
        ...specOf(target, properties, owner),
        ...edgesOf(object, field, target, refs, context),
        properties,
        ...(Object.keys((value['relations'] ?? {}) as JsonObject).length === 0 ? {} : { port: { relations: value['relations'] ?? {} } }),
      },
    },
  ]
}

interface RelationRef {
  name: string
  target: KindOfBlueprint
  ref: string
}

function specOf({ kind, type }: KindOfBlueprint, properties: JsonObject, owner: string): JsonObject {
  const lifecycle = typeof properties['lifecycle'] === 'string' ? properties['lifecycle'].toLowerCase() : 'production'
  switch (kind) {
    case 'Component':
      return { type: typeof properties['type'] === 'string' ? properties['type'].toLowerCase() : type, lifecycle, owner }
    case 'API':
      return { type, lifecycle, owner, definition: apiDefinition(properties) }
    case 'Group':
      return { type, children: [], ...profile({ displayName: properties['name'], email: properties['email'] }) }
    case 'User':
      return { memberOf: [], ...profile({ displayName: properties['name'] ?? properties['displayName'], email: properties['email'] }) }
    default:
      return { type, owner }
  }
}

/** Edges that the catalog has a word for; any other relation is a dependency. */
function edgesOf(object: ForeignObject, field: string, { kind }: KindOfBlueprint, relations: readonly RelationRef[], { lose }: PortImport): JsonObject {
  const spec: Record<string, string[]> = {}
  const single: Record<string, string> = {}
  for (const { name, target, ref } of relations) {
    if (isOwnership(name, target)) continue
    if (kind === 'Group' && target.kind === 'Group') single['parent'] ??= ref
    else if (kind === 'Group' && target.kind === 'User') (spec['members'] ??= []).push(ref)
    else if (kind === 'User' && target.kind === 'Group') (spec['memberOf'] ??= []).push(ref)
    else if (target.kind === 'System' && kind !== 'System' && kind !== 'Domain') single['system'] ??= ref
    else if (target.kind === 'Domain' && kind === 'System') single['domain'] ??= ref
    else if (target.kind === 'Domain' && kind === 'Domain') single['subdomainOf'] ??= ref
    else if (target.kind === 'API' && kind === 'Component') (spec[/consum|uses|depend/i.test(name) ? 'consumesApis' : 'providesApis'] ??= []).push(ref)
    else if (kind === 'Component' || kind === 'Resource') {
      ;(spec['dependsOn'] ??= []).push(ref)
      lose(object, `${field}.relations.${name}`, 'approximated', 'becomes dependsOn; its own name is kept in spec.port.relations')
    } else lose(object, `${field}.relations.${name}`, 'kept', `a ${kind} has no such edge in the catalog; it is kept in spec.port.relations`)
  }
  return { ...single, ...spec }
}

function isOwnership(name: string, target: KindOfBlueprint): boolean {
  return target.kind === 'Group' && /team|owner/i.test(name)
}

function ownerOf(
  object: ForeignObject,
  value: JsonObject & { identifier: string; blueprint: string },
  relations: readonly RelationRef[],
  context: PortImport,
): string {
  const owners = [
    ...relations.filter(({ name, target }) => isOwnership(name, target)).map(({ ref }) => ref),
    ...textsOf(value['team']).map((team) => refOf(context, 'Group', team)),
  ]
  const unique = [...new Set(owners)]
  const field = `${value.blueprint}/${value.identifier}.team`
  const { kind } = kindOfBlueprint(value.blueprint)
  if (kind === 'Group' || kind === 'User') return unique[0] ?? UNKNOWN_OWNER
  if (unique.length === 0) context.lose(object, field, 'approximated', `has no team; the owner is ${UNKNOWN_OWNER} until somebody says better`)
  if (unique.length > 1) context.lose(object, field, 'approximated', `has ${unique.length} teams; the first owns it here`)
  return unique[0] ?? UNKNOWN_OWNER
}

function targetOf({ relations }: PortImport, blueprint: string, relation: string): string {
  return relations.get(blueprint)?.get(relation) ?? relation
}

function refOf({ names }: PortImport, kind: string, identifier: string): string {
  return `${kind.toLowerCase()}:default/${names.nameOf(kind, identifier).toLowerCase()}`
}

function apiDefinition(properties: JsonObject): string {
  const found = properties['spec'] ?? properties['openapi'] ?? properties['swagger'] ?? properties['definition']
  return typeof found === 'string' && found !== '' ? found : JSON.stringify(found ?? { openapi: '3.1.0', info: { title: 'unknown', version: '0' }, paths: {} })
}

function profile(fields: Record<string, Json | undefined>): JsonObject {
  const known = Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
  return known.length === 0 ? {} : { profile: Object.fromEntries(known) }
}

/** Properties that hold an address are links, too: people look for them at the top of a page. */
function linksOf(properties: JsonObject): { links?: JsonObject[] } {
  const links = Object.entries(properties).flatMap(([name, value]) =>
    typeof value === 'string' && /^https?:\/\/\S+$/.test(value) ? [{ url: value, title: name }] : [],
  )
  return links.length === 0 ? {} : { links }
}
