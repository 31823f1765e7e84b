import type { JsonObject } from '#kernel/common/json'
import { toCatalogName } from '../foreign-name.ts'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import { isRecord, type ForeignObject, textOf } from '../read-foreign.ts'
import type { ScorecardRule, ScorecardSpec } from '../scorecard.ts'
import type { PortImport } from './import-port.ts'
import { kindOfBlueprint } from './port-kinds.ts'
import { celOfPortQuery } from './port-query.ts'

/** Port's own levels, when a scorecard names none. Source: docs.port.io, scorecards. */
const DEFAULT_LEVELS = ['Basic', 'Bronze', 'Silver', 'Gold']

/** A scorecard with its rules in CEL. A rule that can't be said in it stays as it was written, and is reported. */
export function importScorecard(object: ForeignObject, { names, lose }: PortImport): ImportedDocument {
  const value = object.value as JsonObject & { identifier: string }
  const blueprint = typeof value['blueprint'] === 'string' ? value['blueprint'] : undefined
  const rules = (value['rules'] as unknown[]).filter(isRecord).map((rule): ScorecardRule => {
    const translated = celOfPortQuery(rule['query'])
    const id = textOf(rule['identifier'], toCatalogName(textOf(rule['title'], 'rule')))
    if (translated.reason !== undefined) lose(object, `${value.identifier}.rules.${id}`, 'kept', `${translated.reason}; the rule is not evaluated`)
    return {
      id,
      title: textOf(rule['title'], id),
      ...(typeof rule['description'] === 'string' ? { description: rule['description'] } : {}),
      ...(typeof rule['level'] === 'string' ? { level: rule['level'] } : {}),
      ...(translated.expression === undefined ? {} : { expression: translated.expression }),
      foreign: { language: 'port', source: JSON.stringify(rule['query'] ?? null) },
    }
  })
  if (value['filter'] !== undefined) lose(object, `${value.identifier}.filter`, 'kept', 'which entities are scored is decided by kind and type here')
  const levels = Array.isArray(value['levels'])
    ? value['levels'].filter(isRecord).map((level, index) => ({
        name: textOf(level['title'] ?? level['identifier'], String(index + 1)),
        rank: index + 1,
        ...(typeof level['color'] === 'string' ? { color: level['color'] } : {}),
      }))
    : DEFAULT_LEVELS.map((name, index) => ({ name, rank: index + 1 }))
  const target = blueprint === undefined ? undefined : kindOfBlueprint(blueprint)
  const spec: ScorecardSpec = { appliesTo: target ? { kinds: [target.kind], types: [target.type] } : {}, levels, rules }
  return {
    apiVersion: 'fairway.dev/v1',
    kind: 'Scorecard',
    metadata: {
      name: names.nameOf('Scorecard', value.identifier),
      ...(typeof value['title'] === 'string' ? { title: value['title'] } : {}),
      annotations: { [ORIGIN.port]: value.identifier, ...(blueprint === undefined ? {} : { [ORIGIN.portBlueprint]: blueprint }) },
    },
    spec: { ...(spec as unknown as JsonObject), ...(value['filter'] === undefined ? {} : { port: { filter: value['filter'] } }) },
  }
}
