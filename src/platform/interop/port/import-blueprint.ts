import type { JsonObject } from '#kernel/common/json'
import { ORIGIN, type ImportedDocument } from '../interop.ts'
import type { ForeignObject } from '../read-foreign.ts'
import type { PortImport } from './import-port.ts'
import { kindOfBlueprint } from './port-kinds.ts'

/** Properties that Port computes itself. They are kept, and given back by an export. */
const COMPUTED = ['mirrorProperties', 'calculationProperties', 'aggregationProperties'] as const

/** A blueprint as the description of a type: the JSON Schema of `spec.properties` and the relations of its entities. */
export function importBlueprint(object: ForeignObject, { names, lose }: PortImport): ImportedDocument {
  const { identifier, title, description, schema, relations, ...rest } = object.value as JsonObject & { identifier: string }
  const { kind, type } = kindOfBlueprint(identifier)
  for (const key of COMPUTED) {
    const computed = Object.keys((rest[key] as JsonObject | undefined) ?? {})
    for (const name of computed) lose(object, `${identifier}.${key}.${name}`, 'kept', 'Fairway does not compute this property; it is given back by an export')
  }
  return {
    apiVersion: 'fairway.dev/v1',
    kind: 'EntityType',
    metadata: {
      name: names.nameOf('EntityType', identifier),
      ...(typeof title === 'string' && title !== '' ? { title } : {}),
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
      annotations: { [ORIGIN.port]: identifier },
    },
    spec: { describes: { kind, type }, schema: schema ?? {}, relations: relations ?? {}, ...(Object.keys(rest).length > 0 ? { port: rest } : {}) },
  }
}
