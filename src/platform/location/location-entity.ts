import { createHash } from 'node:crypto'
import { parseSource } from '#kernel/common/document'

/** What a Location entity lists. */
export interface Listing {
  /** E.g. `location:default/all-services`. */
  ref: string
  /** As declared; `url` and `file` are known. Absent: that of the file itself. */
  type: string | undefined
  /** As written: relative or absolute, perhaps globs. */
  targets: string[]
  isRequired: boolean
}

/** More targets than this in one Location are a mistake. */
const MAX_TARGETS = 5_000

/**
 * Finds the Location entities of a descriptor file.
 * @returns undefined when the file can't be read, so that what it listed before still counts.
 */
export function listingsIn(file: string, text: string): Listing[] | undefined {
  // Most files have none: they are not parsed twice.
  if (!/kind["']?\s*:\s*["']?location\b/i.test(text)) return []
  let source: ReturnType<typeof parseSource>
  try {
    source = parseSource(file, text)
  } catch {
    return undefined
  }
  if (source.problems.length > 0) return undefined
  return source.documents.flatMap((document) => {
    const listing = listingOf(document.value)
    return listing ? [listing] : []
  })
}

function listingOf(value: unknown): Listing | undefined {
  const entity = recordOf(value)
  const metadata = recordOf(entity?.['metadata'])
  if (!entity || typeof entity['kind'] !== 'string' || entity['kind'].toLowerCase() !== 'location' || typeof metadata?.['name'] !== 'string') return undefined
  const spec = recordOf(entity['spec']) ?? {}
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : 'default'
  const targets = [spec['target'], ...(Array.isArray(spec['targets']) ? (spec['targets'] as unknown[]) : [])]
  return {
    ref: `location:${namespace}/${metadata['name']}`.toLowerCase(),
    type: typeof spec['type'] === 'string' ? spec['type'] : undefined,
    targets: [...new Set(targets.filter((target): target is string => typeof target === 'string' && target !== ''))].slice(0, MAX_TARGETS),
    isRequired: spec['presence'] !== 'optional',
  }
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}

/** Name of the Location entity that stands for a registered location, as Backstage makes it: `generated-<sha1 of type:target>`. */
export function generatedName(location: { type: string; target: string }): string {
  return `generated-${createHash('sha1').update(`${location.type}:${location.target}`).digest('hex')}`
}

/** The Location entity that stands for a registered location, as descriptor text. */
export function generatedDocument(location: { type: string; target: string }): string {
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    metadata: { name: generatedName(location), namespace: 'default' },
    spec: { type: location.type, target: location.target },
  }
  return `${JSON.stringify(entity)}\n`
}
