import { stringify } from 'yaml'
import type { Json, JsonObject } from '#kernel/common/json'
import { toTag } from '../foreign-name.ts'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import { isRecord, type ForeignObject, textOf } from '../read-foreign.ts'
import { kindOfCortexType } from './cortex-kinds.ts'
import type { CortexImport } from './import-cortex.ts'

const UNKNOWN_OWNER = 'group:default/unknown'
/** Fields that become something of the catalog; every other `x-cortex-…` is kept in `spec.cortex` and reported. */
const TAKEN_OVER = new Set([
  'x-cortex-tag',
  'x-cortex-type',
  'x-cortex-description',
  'x-cortex-owners',
  'x-cortex-groups',
  'x-cortex-link',
  'x-cortex-git',
  'x-cortex-oncall',
  'x-cortex-dependency',
  'x-cortex-parents',
  'x-cortex-children',
  'x-cortex-relationships',
  'x-cortex-custom-metadata',
  'x-cortex-custom-data',
  'x-cortex-definition',
  'x-cortex-team',
])

/** A descriptor as entities: the thing itself, and an API when the file describes one, since a cortex.yaml is an OpenAPI document. */
export function importDescriptor(object: ForeignObject, context: CortexImport): ImportedDocument[] {
  const info = object.value['info'] as JsonObject
  const tag = textOf(info['x-cortex-tag'])
  const type = typeof info['x-cortex-type'] === 'string' ? info['x-cortex-type'] : 'service'
  const kind = kindOfCortexType(type)
  const name = context.names.nameOf(kind, tag)
  const owner = ownerOf(object, info, tag, context)
  const description = info['description'] ?? info['x-cortex-description']
  const rest = Object.entries(info).filter(([key]) => key.startsWith('x-cortex-') && !TAKEN_OVER.has(key))
  for (const [key] of rest) context.lose(object, `${tag}.${key}`, 'kept', 'nothing acts on it here; it lies in spec.cortex and is given back by an export')
  const api =
    isRecord(object.value['paths']) && Object.keys(object.value['paths']).length > 0 ? apiOf(object, { tag, owner, title: info['title'] }, context) : undefined
  const properties = propertiesOf(info)
  const thing: ImportedDocument = {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: {
      name,
      ...(typeof info['title'] === 'string' ? { title: info['title'] } : {}),
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
      annotations: { [ORIGIN.cortex]: tag, ...annotationsOf(info) },
      ...groupsOf(info),
      ...linksOf(info),
    },
    spec: {
      ...(kind === 'Group' ? { type: 'team', children: [] } : kind === 'Component' ? { type: 'service', lifecycle: 'production', owner } : { type, owner }),
      ...edgesOf(object, info, { tag, kind }, context),
      ...(api ? { providesApis: [`api:default/${api.metadata.name}`] } : {}),
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...keptOf(info, rest),
    },
  }
  return api ? [thing, api] : [thing]
}

function ownerOf(object: ForeignObject, info: JsonObject, tag: string, { names, lose }: CortexImport): string {
  const owners = listOf(info['x-cortex-owners'])
  const groups = owners.flatMap((owner) => (typeof owner['name'] === 'string' && textOf(owner['type']).toLowerCase() !== 'email' ? [owner['name']] : []))
  const others = owners.length - groups.length
  if (others > 0) lose(object, `${tag}.x-cortex-owners`, 'kept', `${others} owners are e-mail addresses; a group owns things here`)
  const [first] = groups
  if (groups.length > 1) lose(object, `${tag}.x-cortex-owners`, 'approximated', `has ${groups.length} owning groups; the first owns it here`)
  return first === undefined ? UNKNOWN_OWNER : `group:default/${names.nameOf('Group', first).toLowerCase()}`
}

function annotationsOf(info: JsonObject): Record<string, string> {
  const git = info['x-cortex-git']
  const oncall = info['x-cortex-oncall']
  const annotations: Record<string, string> = {}
  const repository = (host: string): unknown => (isRecord(git) && isRecord(git[host]) ? (git[host]['repository'] ?? git[host]['project']) : undefined)
  if (typeof repository('github') === 'string') annotations['github.com/project-slug'] = textOf(repository('github'))
  if (typeof repository('gitlab') === 'string') annotations['gitlab.com/project-slug'] = textOf(repository('gitlab'))
  if (isRecord(oncall) && isRecord(oncall['pagerduty']) && oncall['pagerduty']['id'] !== undefined)
    annotations['pagerduty.com/service-id'] = textOf(oncall['pagerduty']['id'])
  return annotations
}

function groupsOf(info: JsonObject): { tags?: string[] } {
  const groups = Array.isArray(info['x-cortex-groups']) ? (info['x-cortex-groups'] as Json[]) : []
  const tags = [
    ...new Set(groups.flatMap((group) => (typeof group === 'string' ? (toTag(group) ?? []) : isRecord(group) ? (toTag(textOf(group['tag'])) ?? []) : []))),
  ]
  return tags.length === 0 ? {} : { tags }
}

function linksOf(info: JsonObject): { links?: JsonObject[] } {
  const links = listOf(info['x-cortex-link']).flatMap((link) => {
    const url = textOf(link['url'])
    return /^(?:https?:|mailto:)/i.test(url)
      ? [{ url, ...(typeof link['name'] === 'string' ? { title: link['name'] } : {}), ...(typeof link['type'] === 'string' ? { type: link['type'] } : {}) }]
      : []
  })
  return links.length === 0 ? {} : { links }
}

function edgesOf(object: ForeignObject, info: JsonObject, { tag, kind }: { tag: string; kind: string }, context: CortexImport): JsonObject {
  const refOf = (other: string): string => {
    const otherKind = kindOfCortexType(context.types.get(other) ?? 'service')
    return `${otherKind.toLowerCase()}:default/${context.names.nameOf(otherKind, other).toLowerCase()}`
  }
  const tagsIn = (key: string): string[] => listOf(info[key]).flatMap((item) => (typeof item['tag'] === 'string' ? [item['tag']] : []))
  const dependsOn = tagsIn('x-cortex-dependency').map(refOf)
  for (const relationship of listOf(info['x-cortex-relationships'])) {
    const type = textOf(relationship['type'])
    const targets = listOf(relationship['destinations']).flatMap((item) => (typeof item['tag'] === 'string' ? [item['tag']] : []))
    if (targets.length === 0) continue
    if (kind === 'Component' || kind === 'Resource') dependsOn.push(...targets.map(refOf))
    context.lose(
      object,
      `${tag}.x-cortex-relationships.${type}`,
      kind === 'Component' || kind === 'Resource' ? 'approximated' : 'kept',
      'the catalog has no relation of this name; it counts as dependsOn where there is one, and is kept in spec.cortex',
    )
  }
  const spec: Record<string, Json> = {}
  const parents = tagsIn('x-cortex-parents')
  const [parent] = parents
  if (parent !== undefined) {
    if (kind === 'Domain') spec['subdomainOf'] = context.names.nameOf('Domain', parent)
    else if (kind === 'Group') spec['parent'] = context.names.nameOf('Group', parent)
    else dependsOn.push(...parents.map(refOf))
    if (parents.length > 1 || (kind !== 'Domain' && kind !== 'Group'))
      context.lose(
        object,
        `${tag}.x-cortex-parents`,
        'approximated',
        kind === 'Domain' || kind === 'Group' ? 'has several parents; the first counts' : 'a parent that is no domain or team counts as dependsOn',
      )
  }
  const members = isRecord(info['x-cortex-team']) ? listOf(info['x-cortex-team']['members']) : []
  if (members.length > 0)
    context.lose(object, `${tag}.x-cortex-team.members`, 'kept', 'people come from the directory, never from an import; the list is kept in spec.cortex')
  if (kind !== 'Group' && kind !== 'Domain' && dependsOn.length > 0) spec['dependsOn'] = [...new Set(dependsOn)]
  return spec
}

function propertiesOf(info: JsonObject): JsonObject {
  const values: Record<string, Json> = {}
  for (const key of ['x-cortex-custom-metadata', 'x-cortex-custom-data', 'x-cortex-definition'])
    for (const [name, value] of Object.entries(isRecord(info[key]) ? (info[key] as JsonObject) : {}))
      values[name] = isRecord(value) && 'value' in value ? (value['value'] as Json) : value
  return values
}

/** Everything that an export must give back as it was. */
function keptOf(info: JsonObject, rest: readonly (readonly [string, Json])[]): JsonObject {
  const keys = [
    'x-cortex-type',
    'x-cortex-owners',
    'x-cortex-groups',
    'x-cortex-git',
    'x-cortex-oncall',
    'x-cortex-dependency',
    'x-cortex-parents',
    'x-cortex-children',
    'x-cortex-relationships',
    'x-cortex-definition',
    'x-cortex-team',
  ]
  const kept = [...keys.flatMap((key) => (info[key] === undefined ? [] : [[key, info[key]] as const])), ...rest]
  return kept.length === 0 ? {} : { cortex: Object.fromEntries(kept) }
}

function apiOf(object: ForeignObject, of: { tag: string; owner: string; title: Json | undefined }, { names }: CortexImport): ImportedDocument {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'API',
    metadata: { name: names.nameOf('API', of.tag), ...(typeof of.title === 'string' ? { title: of.title } : {}), annotations: { [ORIGIN.cortex]: of.tag } },
    spec: { type: 'openapi', lifecycle: 'production', owner: of.owner, definition: stringify(object.value) },
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item): item is Record<string, unknown> => isRecord(item)) : []
}
