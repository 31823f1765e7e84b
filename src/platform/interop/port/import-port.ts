import type { JsonObject } from '#kernel/common/json'
import { NameBook } from '../foreign-name.ts'
import type { Imported, ImportedDocument, InteropFile, Loss } from '../interop.ts'
import { readForeign, type ForeignObject, textOf } from '../read-foreign.ts'
import { importAction } from './import-action.ts'
import { importBlueprint } from './import-blueprint.ts'
import { importEntity, type BlueprintRelations } from './import-entity.ts'
import { importScorecard } from './import-scorecard.ts'

/** What the parts of an import share: names given so far, and what was lost. */
export interface PortImport {
  names: NameBook
  /** Relations of the blueprints that are among the files, by blueprint and relation. */
  relations: BlueprintRelations
  lose: (object: ForeignObject, field: string, effect: Loss['effect'], reason: string) => void
}

type Part = 'blueprint' | 'entity' | 'scorecard' | 'action'

/**
 * Takes over a Port organisation from its exported files: blueprints become types, entities become catalog entities with their properties kept,
 * scorecards get rules in CEL, actions that run a workflow become templates. Source: Port's public API, api.port.io/v1. Pure.
 */
export function importPort(files: readonly InteropFile[]): Imported {
  const { objects, problems } = readForeign(files)
  const losses: Loss[] = []
  const found = objects.flatMap((object) => partsOf(object, losses))
  const context: PortImport = {
    names: new NameBook(),
    relations: relationsOf(found.filter(({ part }) => part === 'blueprint').map(({ object }) => object)),
    lose: (object, field, effect, reason) => losses.push({ path: object.path, field, effect, reason }),
  }
  const documents: ImportedDocument[] = []
  for (const { part, object } of found) {
    if (part === 'blueprint') documents.push(importBlueprint(object, context))
    else if (part === 'entity') documents.push(...importEntity(object, context))
    else if (part === 'scorecard') documents.push(importScorecard(object, context))
    else documents.push(importAction(object, context))
  }
  return { documents, losses, problems }
}

/** Tells objects of Port's API apart by their shape; the files of its integrations wrap scorecards as `{ blueprint, data: [...] }`. */
function partsOf(object: ForeignObject, losses: Loss[]): { part: Part; object: ForeignObject }[] {
  const { value, path } = object
  if (Array.isArray(value['data']) && typeof value['blueprint'] === 'string')
    return (value['data'] as JsonObject[]).flatMap((item) => partsOf({ path, value: { blueprint: value['blueprint'], ...item } }, losses))
  const isNamed = typeof value['identifier'] === 'string'
  if (isNamed && Array.isArray(value['rules'])) return [{ part: 'scorecard', object }]
  if (isNamed && ('invocationMethod' in value || 'trigger' in value)) return [{ part: 'action', object }]
  if (isNamed && typeof value['blueprint'] === 'string') return [{ part: 'entity', object }]
  if (isNamed && typeof value['schema'] === 'object') return [{ part: 'blueprint', object }]
  if (Array.isArray(value['resources']))
    losses.push({ path, field: 'resources', effect: 'dropped', reason: 'mappings of integrations belong to Port; locations read the same sources here' })
  else if (Array.isArray(value['widgets']) || value['type'] === 'dashboard' || value['type'] === 'blueprint-entities')
    losses.push({
      path,
      field: textOf(value['identifier']),
      effect: 'dropped',
      reason: 'pages and widgets have no counterpart; saved views take their place',
    })
  else losses.push({ path, field: textOf(value['identifier']), effect: 'dropped', reason: 'this is no blueprint, entity, scorecard or action' })
  return []
}

function relationsOf(blueprints: readonly ForeignObject[]): BlueprintRelations {
  return new Map(
    blueprints.map(({ value }) => {
      const relations = Object.entries((value['relations'] ?? {}) as Record<string, { target?: unknown }>)
      return [textOf(value['identifier']), new Map(relations.map(([name, { target }]) => [name, textOf(target)]))]
    }),
  )
}
