import type { JsonObject } from '#kernel/common/json'
import { toCatalogName } from '../foreign-name.ts'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import { isRecord, textsOf, type ForeignObject, textOf } from '../read-foreign.ts'
import type { ScorecardRule, ScorecardSpec } from '../scorecard.ts'
import { kindOfCortexType } from './cortex-kinds.ts'
import { celOfCql } from './cql.ts'
import type { CortexImport } from './import-cortex.ts'

/** A scorecard with its rules in CEL where they ask what the catalog knows; the others stay as they were written, and are reported. */
export function importCortexScorecard(object: ForeignObject, { names, lose }: CortexImport): ImportedDocument {
  const { tag, name, description, rules, ladder, filter, ...rest } = object.value as JsonObject & { tag: string }
  const levels = (isRecord(ladder) && Array.isArray(ladder['levels']) ? ladder['levels'] : []).filter(isRecord).map((level, index) => ({
    name: textOf(level['name'], String(index + 1)),
    rank: typeof level['rank'] === 'number' ? level['rank'] : index + 1,
    ...(typeof level['color'] === 'string' ? { color: level['color'] } : {}),
    ...(typeof level['description'] === 'string' ? { description: level['description'] } : {}),
  }))
  const used = new Set<string>()
  const converted = (rules as unknown[]).filter(isRecord).map((rule): ScorecardRule => {
    const source = textOf(rule['expression'])
    const translated = celOfCql(source)
    const id = idOf(textOf(rule['title'] ?? rule['expression'], 'rule'), used)
    if (translated.reason !== undefined) lose(object, `${tag}.rules.${id}`, 'kept', `${translated.reason}; the rule is not evaluated`)
    if (typeof rule['effectiveFrom'] === 'string') lose(object, `${tag}.rules.${id}.effectiveFrom`, 'dropped', 'rules count from the day they are merged')
    return {
      id,
      title: textOf(rule['title'], id),
      ...(typeof rule['description'] === 'string' ? { description: rule['description'] } : {}),
      ...(typeof rule['level'] === 'string' ? { level: rule['level'] } : {}),
      ...(typeof rule['weight'] === 'number' ? { weight: rule['weight'] } : {}),
      ...(typeof rule['failureMessage'] === 'string' ? { failureMessage: rule['failureMessage'] } : {}),
      ...(translated.expression === undefined ? {} : { expression: translated.expression }),
      foreign: { language: 'cql', source },
    }
  })
  const spec: ScorecardSpec = { appliesTo: appliesTo(filter), levels, rules: converted }
  for (const key of Object.keys(rest)) lose(object, `${tag}.${key}`, 'kept', 'nothing acts on it here; it is given back by an export')
  if (isRecord(filter) && (filter['groups'] !== undefined || filter['query'] !== undefined))
    lose(object, `${tag}.filter`, 'approximated', 'which entities are scored is decided by kind and type here')
  return {
    apiVersion: 'fairway.dev/v1',
    kind: 'Scorecard',
    metadata: {
      name: names.nameOf('Scorecard', tag),
      ...(typeof name === 'string' ? { title: name } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      annotations: { [ORIGIN.cortex]: tag },
    },
    spec: {
      ...(spec as unknown as JsonObject),
      cortex: { ...rest, ...(filter === undefined ? {} : { filter }), ...(isRecord(ladder) ? { ladder: { name: ladder['name'] ?? tag } as JsonObject } : {}) },
    },
  }
}

function appliesTo(filter: unknown): ScorecardSpec['appliesTo'] {
  const types = isRecord(filter) && isRecord(filter['types']) ? textsOf(filter['types']['include']) : []
  return types.length === 0 ? {} : { kinds: [...new Set(types.map(kindOfCortexType))], types }
}

function idOf(title: string, used: Set<string>): string {
  const base = toCatalogName(title).toLowerCase()
  let id = base
  for (let count = 2; used.has(id); count++) id = `${base}-${count}`
  used.add(id)
  return id
}
