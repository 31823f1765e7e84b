import type { JsonObject } from '#kernel/common/json'
import { NameBook } from '../foreign-name.ts'
import type { Imported, ImportedDocument, InteropFile, Loss } from '../interop.ts'
import { isRecord, readForeign, type ForeignObject, textOf } from '../read-foreign.ts'
import { importDescriptor } from './import-descriptor.ts'
import { importCortexScorecard } from './import-cortex-scorecard.ts'

/** What the parts of an import share. */
export interface CortexImport {
  names: NameBook
  /** `x-cortex-type` of the descriptors among the files, by tag: edges need the kind of their other end. */
  types: ReadonlyMap<string, string>
  lose: (object: ForeignObject, field: string, effect: Loss['effect'], reason: string) => void
}

/** Takes over Cortex entity descriptors (`cortex.yaml`) and scorecards. Source: docs.cortex.io, entity descriptor and scorecards as code. Pure. */
export function importCortex(files: readonly InteropFile[]): Imported {
  const { objects, problems } = readForeign(files)
  const losses: Loss[] = []
  const lose: CortexImport['lose'] = (object, field, effect, reason) => losses.push({ path: object.path, field, effect, reason })
  const types = new Map(objects.flatMap(({ value }) => (tagOf(value) === undefined ? [] : [[textOf(tagOf(value)), typeOf(value)] as const])))
  const context: CortexImport = { names: new NameBook(), types, lose }
  const documents: ImportedDocument[] = []
  for (const object of objects) {
    const { value } = object
    if (tagOf(value) !== undefined) documents.push(...importDescriptor(object, context))
    else if (typeof value['tag'] === 'string' && Array.isArray(value['rules'])) documents.push(importCortexScorecard(object, context))
    else if (typeof value['tag'] === 'string' && Array.isArray(value['actions']))
      lose(object, value['tag'], 'dropped', 'a workflow runs scripts and blocks of Cortex; write a template with the steps that it stands for')
    else lose(object, textOf(value['tag'] ?? value['name']), 'dropped', 'this is no entity descriptor and no scorecard of Cortex')
  }
  return { documents, losses, problems }
}

function tagOf(value: Record<string, unknown>): unknown {
  const { info } = value
  return isRecord(info) && typeof info['x-cortex-tag'] === 'string' ? info['x-cortex-tag'] : undefined
}

function typeOf(value: Record<string, unknown>): string {
  const type = (value['info'] as JsonObject | undefined)?.['x-cortex-type']
  return typeof type === 'string' ? type : 'service'
}
