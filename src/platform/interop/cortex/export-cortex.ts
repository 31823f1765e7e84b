import { stringify } from 'yaml'
import { parseSource } from '#kernel/common/document'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Entity } from '#platform/catalog'
import { ORIGIN, type Exported, type InteropFile, type Loss } from '../interop.ts'
import { isRecord } from '../read-foreign.ts'
import type { ScorecardSpec } from '../scorecard.ts'

const KINDS: Record<string, string> = { component: 'service', domain: 'domain', system: 'domain', group: 'team', resource: 'resource' }
type TagOf = (entity: Entity) => string
type Lose = (entity: Entity, field: string, effect: Loss['effect'], reason: string) => void

/** The catalog as Cortex takes it: a `cortex.yaml` an entity in `catalog/`, and scorecards. APIs go into the descriptor of what provides them. Pure. */
export function exportCortex(entities: readonly Entity[]): Exported {
  const losses: Loss[] = []
  const lose: Lose = (entity, field, effect, reason) => void losses.push({ path: refOf(entity), field, effect, reason })
  const known = new Map(entities.map((entity) => [refOf(entity), entity]))
  const tags = tagsOf(entities, lose)
  const tagOf: TagOf = (entity) => tags.get(refOf(entity)) ?? entity.metadata.name
  const files: InteropFile[] = []
  const provided = new Set<string>()
  for (const entity of entities) {
    if (KINDS[entity.kind.toLowerCase()] === undefined) continue
    const api = apiOf(entity, known, lose)
    if (api) provided.add(refOf(api))
    files.push({ path: `catalog/${fileNameOf(tagOf(entity))}.yaml`, text: stringify(descriptorOf(entity, api, { known, tagOf, lose }), { lineWidth: 0 }) })
  }
  for (const entity of entities) {
    const kind = entity.kind.toLowerCase()
    if (kind === 'scorecard')
      files.push({ path: `scorecards/${fileNameOf(tagOf(entity))}.yaml`, text: stringify(scorecardOf(entity, tagOf, lose), { lineWidth: 0 }) })
    else if (kind === 'api' && !provided.has(refOf(entity))) lose(entity, '', 'dropped', 'Cortex keeps an API in the descriptor of one thing that provides it')
    else if (KINDS[kind] === undefined && kind !== 'api' && kind !== 'location')
      lose(entity, '', 'dropped', `Cortex has no descriptor for the kind ${entity.kind}`)
  }
  return { files, losses }
}

function refOf(entity: Entity): string {
  return `${entity.kind}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`.toLowerCase()
}

/** A tag is unique in Cortex, whatever the kind: whoever comes later gets its kind behind its name. */
function tagsOf(entities: readonly Entity[], lose: Lose): Map<string, string> {
  const tags = new Map<string, string>()
  const taken = new Set<string>()
  for (const entity of entities) {
    const kind = entity.kind.toLowerCase()
    if (KINDS[kind] === undefined && kind !== 'scorecard') continue
    const own = entity.metadata.annotations?.[ORIGIN.cortex] ?? entity.metadata.name
    let tag = own
    for (let count = 1; taken.has(tag); count++) tag = `${own}-${kind}${count === 1 ? '' : `-${count}`}`
    if (tag !== own) lose(entity, 'metadata.name', 'approximated', `a tag is unique in Cortex: it is called ${tag} there`)
    taken.add(tag)
    tags.set(refOf(entity), tag)
  }
  return tags
}

function fileNameOf(tag: string): string {
  return tag.replaceAll(/[^A-Za-z0-9._-]/g, '-')
}

function keptOf(entity: Entity): JsonObject {
  const kept = entity.spec?.['cortex']
  return isRecord(kept) ? (kept as JsonObject) : {}
}

function descriptorOf(
  entity: Entity,
  api: Entity | undefined,
  { known, tagOf, lose }: { known: ReadonlyMap<string, Entity>; tagOf: TagOf; lose: Lose },
): JsonObject {
  const kept = keptOf(entity)
  const { title, description, tags, links } = entity.metadata
  if (entity.metadata.labels !== undefined) lose(entity, 'metadata.labels', 'dropped', 'Cortex has groups and custom data only')
  if ((entity.metadata.namespace ?? 'default') !== 'default') lose(entity, 'metadata.namespace', 'dropped', 'Cortex has no namespaces')
  const definition = isRecord(kept['x-cortex-definition']) ? (kept['x-cortex-definition'] as JsonObject) : {}
  const properties = Object.entries((entity.spec?.['properties'] ?? {}) as JsonObject).filter(([name]) => !(name in definition))
  const info: JsonObject = {
    title: title ?? entity.metadata.name,
    ...(description === undefined ? {} : { description }),
    'x-cortex-tag': tagOf(entity),
    'x-cortex-type':
      KINDS[entity.kind.toLowerCase()] === 'resource' && typeof entity.spec?.['type'] === 'string'
        ? entity.spec['type']
        : (KINDS[entity.kind.toLowerCase()] ?? 'service'),
    ...(tags === undefined ? {} : { 'x-cortex-groups': tags }),
    ...ownersOf(entity, known, tagOf),
    ...(links === undefined ? {} : { 'x-cortex-link': links.map(({ url, title: name, type }) => ({ name: name ?? url, type: type ?? 'documentation', url })) }),
    ...(properties.length === 0 ? {} : { 'x-cortex-custom-metadata': Object.fromEntries(properties) }),
    ...edgesOf(entity, known, tagOf),
    ...gitOf(entity),
    // What came from Cortex goes back as it was.
    ...kept,
  }
  const definitionOfApi = api?.spec?.['definition']
  const document = typeof definitionOfApi === 'string' ? openApiOf(definitionOfApi) : undefined
  if (api && !document) lose(api, 'spec.definition', 'dropped', 'the definition is no OpenAPI document in YAML or JSON')
  const { info: _info, openapi, ...rest } = document ?? {}
  return { openapi: openapi ?? '3.0.1', info, ...rest }
}

function ownersOf(entity: Entity, known: ReadonlyMap<string, Entity>, tagOf: TagOf): JsonObject {
  const owner = entity.relations?.find(({ type }) => type === 'ownedBy')?.targetRef.toLowerCase()
  if (owner === undefined || owner === 'group:default/unknown') return {}
  const target = known.get(owner)
  const name = target ? tagOf(target) : owner.slice(owner.indexOf('/') + 1)
  return { 'x-cortex-owners': [{ type: 'group', name, provider: 'CORTEX' }] }
}

function edgesOf(entity: Entity, known: ReadonlyMap<string, Entity>, tagOf: TagOf): JsonObject {
  const targets = (types: readonly string[]): { tag: string }[] =>
    (entity.relations ?? [])
      .filter(({ type }) => types.includes(type))
      .flatMap(({ targetRef }) => (known.has(targetRef.toLowerCase()) ? [{ tag: tagOf(known.get(targetRef.toLowerCase()) as Entity) }] : []))
  const dependencies = targets(['dependsOn'])
  const parents = targets(['partOf', 'childOf'])
  return { ...(dependencies.length === 0 ? {} : { 'x-cortex-dependency': dependencies }), ...(parents.length === 0 ? {} : { 'x-cortex-parents': parents }) }
}

function gitOf(entity: Entity): JsonObject {
  const { annotations = {} } = entity.metadata
  const github = annotations['github.com/project-slug']
  const gitlab = annotations['gitlab.com/project-slug']
  if (github !== undefined) return { 'x-cortex-git': { github: { repository: github } } }
  return gitlab === undefined ? {} : { 'x-cortex-git': { gitlab: { repository: gitlab } } }
}

function apiOf(entity: Entity, known: ReadonlyMap<string, Entity>, lose: Lose): Entity | undefined {
  const provided = (entity.relations ?? []).filter(({ type }) => type === 'providesApi').flatMap(({ targetRef }) => known.get(targetRef.toLowerCase()) ?? [])
  const open = provided.filter((api) => api.spec?.['type'] === 'openapi')
  for (const api of provided.filter((candidate) => candidate !== open[0])) lose(api, '', 'dropped', 'a descriptor of Cortex holds one OpenAPI document')
  return open[0]
}

function openApiOf(text: string): JsonObject | undefined {
  const source = parse(text)
  return isRecord(source) ? (source as JsonObject) : undefined
}

function scorecardOf(entity: Entity, tagOf: TagOf, lose: Lose): JsonObject {
  const spec = (entity.spec ?? {}) as unknown as Partial<ScorecardSpec>
  const { ladder, ...kept } = keptOf(entity)
  const rules = (spec.rules ?? []).flatMap((rule) => {
    if (rule.foreign?.language !== 'cql') {
      lose(entity, `rules.${rule.id}`, 'dropped', 'the rule is not written in CQL')
      return []
    }
    const { title, description, weight, level, failureMessage } = rule
    return [JSON.parse(JSON.stringify({ title, description, expression: rule.foreign.source, weight, level, failureMessage })) as JsonObject]
  })
  const levels = spec.levels ?? []
  return {
    tag: tagOf(entity),
    name: entity.metadata.title ?? entity.metadata.name,
    ...(entity.metadata.description === undefined ? {} : { description: entity.metadata.description }),
    ...kept,
    ...(levels.length === 0
      ? {}
      : {
          ladder: {
            name: isRecord(ladder) ? (ladder['name'] as Json) : 'Levels',
            levels: levels.map(({ name, rank, color, description }) => JSON.parse(JSON.stringify({ name, rank, color, description })) as JsonObject),
          },
        }),
    rules,
  }
}

function parse(text: string): unknown {
  const [document] = parseSource('definition', text).documents
  return document?.value
}
