import type { Json, JsonObject } from '#kernel/common/json'
import type { Entity } from '#platform/catalog'
import { ORIGIN, type Exported, type Loss } from '../interop.ts'
import { isRecord, textOf } from '../read-foreign.ts'
import type { ScorecardSpec } from '../scorecard.ts'
import { exportAction } from './export-action.ts'

/** Blueprints for kinds of ours that no EntityType describes. */
const BLUEPRINT_OF: Record<string, string> = {
  component: 'service',
  api: 'api',
  resource: 'resource',
  system: 'system',
  domain: 'domain',
  group: 'team',
  user: 'user',
}
/** Edges of ours as relations of a blueprint; the inverse ones follow by themselves in Port. */
const RELATIONS: Record<string, { name: string; many: boolean }> = {
  ownedBy: { name: 'owner', many: false },
  partOf: { name: 'system', many: false },
  dependsOn: { name: 'depends_on', many: true },
  providesApi: { name: 'provides_api', many: true },
  consumesApi: { name: 'consumes_api', many: true },
  memberOf: { name: 'teams', many: true },
  childOf: { name: 'parent', many: false },
}
const KINDS = new Set(Object.keys(BLUEPRINT_OF))

/** The catalog as Port takes it: `blueprints.json`, `entities.json`, `scorecards.json`, `actions.json`. Pure. */
export function exportPort(entities: readonly Entity[], options: { publicUrl: string }): Exported {
  const losses: Loss[] = []
  const lose = (entity: Entity, field: string, effect: Loss['effect'], reason: string): void =>
    void losses.push({ path: `${entity.kind.toLowerCase()}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`, field, effect, reason })
  const of = (kind: string): Entity[] => entities.filter((entity) => entity.kind.toLowerCase() === kind)
  const shown = entities.filter((entity) => KINDS.has(entity.kind.toLowerCase()))
  const known = new Map(shown.map((entity) => [refOf(entity), entity]))
  const described = of('entitytype').map(blueprintOfType)
  const items = shown.map((entity) => entityOf(entity, known, lose))
  const blueprints = [...described, ...derivedBlueprints(items, new Set(described.map((blueprint) => textOf(blueprint['identifier']))))]
  const scorecards = of('scorecard').map((entity) => scorecardOf(entity, lose))
  const actions = of('template').map((entity) => exportAction(entity, options.publicUrl))
  for (const entity of entities)
    if (!KINDS.has(entity.kind.toLowerCase()) && !['entitytype', 'scorecard', 'template', 'location'].includes(entity.kind.toLowerCase()))
      lose(entity, '', 'dropped', `Port has nothing like the kind ${entity.kind}`)
  const files = { blueprints, entities: items, scorecards, actions }
  return {
    files: Object.entries(files)
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => ({ path: `${name}.json`, text: `${JSON.stringify(list, null, 2)}\n` })),
    losses,
  }
}

function refOf(entity: Entity): string {
  return `${entity.kind}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`.toLowerCase()
}

function identifierOf(entity: Entity): string {
  return (
    entity.metadata.annotations?.[ORIGIN.port] ??
    (entity.metadata.namespace === undefined || entity.metadata.namespace === 'default'
      ? entity.metadata.name
      : `${entity.metadata.namespace}/${entity.metadata.name}`)
  )
}

function blueprintOf(entity: Entity): string {
  return entity.metadata.annotations?.[ORIGIN.portBlueprint] ?? BLUEPRINT_OF[entity.kind.toLowerCase()] ?? 'resource'
}

function blueprintOfType(entity: Entity): JsonObject {
  const { schema = {}, relations = {}, port } = entity.spec ?? {}
  return {
    identifier: identifierOf(entity),
    title: entity.metadata.title ?? entity.metadata.name,
    ...(entity.metadata.description === undefined ? {} : { description: entity.metadata.description }),
    ...(isRecord(port) ? (port as JsonObject) : {}),
    schema,
    relations,
  }
}

function entityOf(
  entity: Entity,
  known: ReadonlyMap<string, Entity>,
  lose: (entity: Entity, field: string, effect: Loss['effect'], reason: string) => void,
): JsonObject {
  const { properties, port, ...spec } = entity.spec ?? {}
  const isFromPort = entity.metadata.annotations?.[ORIGIN.port] !== undefined
  const kept = isRecord(port) && isRecord(port['relations']) ? (port['relations'] as JsonObject) : {}
  const relations: Record<string, Json> = { ...kept }
  let team: string | undefined
  for (const { type, targetRef } of entity.relations ?? []) {
    const target = known.get(targetRef.toLowerCase())
    const relation = RELATIONS[type]
    if (!relation) continue
    if (!target) {
      if (!isFromPort) lose(entity, `relations.${type}`, 'dropped', `"${targetRef}" is not among what is exported`)
      continue
    }
    if (type === 'ownedBy' && target.kind.toLowerCase() === 'group') team = identifierOf(target)
    if (isFromPort) continue
    const before = relations[relation.name]
    if (relation.many) relations[relation.name] = [...(Array.isArray(before) ? (before as Json[]) : []), identifierOf(target)]
    else relations[relation.name] ??= identifierOf(target)
  }
  if (Object.keys(entity.metadata.labels ?? {}).length > 0) lose(entity, 'metadata.labels', 'dropped', 'Port has properties only')
  return {
    identifier: identifierOf(entity),
    title: entity.metadata.title ?? entity.metadata.name,
    blueprint: blueprintOf(entity),
    ...(team === undefined ? {} : { team: [team] }),
    properties: isRecord(properties) ? (properties as JsonObject) : propertiesOf(entity, spec),
    relations,
  }
}

/** What Port shows of an entity that did not come from it. */
function propertiesOf(entity: Entity, spec: JsonObject): JsonObject {
  const { description, tags, links, annotations } = entity.metadata
  const { type, lifecycle, definition, profile } = spec
  const email = isRecord(profile) ? profile['email'] : undefined
  return {
    ...(description === undefined ? {} : { description }),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof lifecycle === 'string' ? { lifecycle } : {}),
    ...(typeof definition === 'string' ? { definition } : {}),
    ...(typeof email === 'string' ? { email } : {}),
    ...(tags === undefined ? {} : { tags }),
    ...(links === undefined ? {} : { links: links.map(({ url }) => url) }),
    ...(annotations?.['backstage.io/view-url'] === undefined ? {} : { url: annotations['backstage.io/view-url'] }),
  }
}

const TYPES = new Map<string, JsonObject>(
  Object.entries({
    url: { type: 'string', format: 'url' },
    email: { type: 'string', format: 'email' },
    tags: { type: 'array', items: { type: 'string' } },
    links: { type: 'array', items: { type: 'string', format: 'url' } },
  }),
)

/** Blueprints for entities whose type nobody has described, with the properties and relations that occur. */
function derivedBlueprints(items: readonly JsonObject[], described: ReadonlySet<string>): JsonObject[] {
  const byBlueprint = new Map<string, JsonObject[]>()
  for (const item of items)
    if (!described.has(textOf(item['blueprint']))) byBlueprint.set(textOf(item['blueprint']), [...(byBlueprint.get(textOf(item['blueprint'])) ?? []), item])
  const blueprintOfId = new Map(items.map((item) => [textOf(item['identifier']), textOf(item['blueprint'])]))
  return [...byBlueprint].map(([identifier, members]) => {
    const properties = new Map<string, JsonObject>()
    const relations = new Map<string, JsonObject>()
    for (const member of members) {
      for (const [name, value] of Object.entries(member['properties'] as JsonObject))
        properties.set(name, { title: name, ...(TYPES.get(name) ?? typeOf(value)) })
      for (const [name, value] of Object.entries(member['relations'] as JsonObject)) {
        const first = Array.isArray(value) ? textOf((value as Json[])[0]) : textOf(value)
        relations.set(name, { title: name, target: blueprintOfId.get(first) ?? 'resource', required: false, many: Array.isArray(value) })
      }
    }
    const title = identifier.charAt(0).toUpperCase() + identifier.slice(1)
    return { identifier, title, schema: { properties: Object.fromEntries(properties), required: [] }, relations: Object.fromEntries(relations) }
  })
}

function typeOf(value: Json): JsonObject {
  if (Array.isArray(value)) return { type: 'array' }
  const type = typeof value
  return { type: type === 'number' || type === 'boolean' || type === 'string' ? type : 'object' }
}

function scorecardOf(entity: Entity, lose: (entity: Entity, field: string, effect: Loss['effect'], reason: string) => void): JsonObject {
  const spec = (entity.spec ?? {}) as unknown as Partial<ScorecardSpec> & { port?: JsonObject }
  const rules = (spec.rules ?? []).flatMap((rule) => {
    if (rule.foreign?.language !== 'port') {
      lose(entity, `rules.${rule.id}`, 'dropped', "the rule is not written in Port's query language")
      return []
    }
    return [
      {
        identifier: rule.id,
        title: rule.title,
        ...(rule.description === undefined ? {} : { description: rule.description }),
        level: rule.level ?? spec.levels?.[0]?.name ?? 'Basic',
        query: JSON.parse(rule.foreign.source) as Json,
      },
    ]
  })
  return {
    identifier: identifierOf(entity),
    title: entity.metadata.title ?? entity.metadata.name,
    ...(entity.metadata.annotations?.[ORIGIN.portBlueprint] === undefined ? {} : { blueprint: entity.metadata.annotations[ORIGIN.portBlueprint] }),
    ...(spec.port?.['filter'] === undefined ? {} : { filter: spec.port['filter'] }),
    ...(spec.levels === undefined ? {} : { levels: spec.levels.map((level) => ({ title: level.name, color: level.color ?? 'paleBlue' })) }),
    rules,
  }
}
