import { stringify } from 'yaml'
import type { Entity } from '#platform/catalog'
import type { JsonObject } from '#kernel/common/json'
import type { Exported, Loss } from '../interop.ts'
import { documentOf } from './import-backstage.ts'

const BACKSTAGE = /^(?:backstage\.io|scaffolder\.backstage\.io)\//

/** The catalog as descriptor files, one a kind, which any Backstage reads. Kinds of other vendors are dropped: Backstage has no processor for them. Pure. */
export function exportBackstage(entities: readonly Entity[]): Exported {
  const losses: Loss[] = []
  const byKind = new Map<string, string[]>()
  for (const entity of entities) {
    const kind = entity.kind.toLowerCase()
    if (kind === 'location') continue
    if (!BACKSTAGE.test(entity.apiVersion)) {
      losses.push({
        path: `${kind}:${entity.metadata.namespace ?? 'default'}/${entity.metadata.name}`,
        field: '',
        effect: 'dropped',
        reason: `Backstage has no processor for ${entity.apiVersion}`,
      })
      continue
    }
    const { apiVersion, metadata, spec } = entity
    const document = documentOf({ apiVersion, kind: entity.kind, metadata: metadata as unknown as JsonObject, spec })
    byKind.set(kind, [...(byKind.get(kind) ?? []), stringify(document, { lineWidth: 0 })])
  }
  return { files: [...byKind].map(([kind, documents]) => ({ path: `${kind}.yaml`, text: documents.join('---\n') })), losses }
}
