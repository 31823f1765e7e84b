import type { Entity } from './entity.ts'

/** A ref taken apart. Parts keep the letters that were written; compare by `formatEntityRef`, which is lower case. */
export interface EntityRefParts {
  kind: string
  namespace: string
  name: string
}

const REF = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/

/**
 * Takes `[kind:][namespace/]name` apart; what is left out comes from `defaults` (namespace `default` unless told).
 * @returns undefined when the text is no ref, or names no kind and there is no default.
 */
export function parseEntityRef(text: string, defaults: { kind?: string; namespace?: string } = {}): EntityRefParts | undefined {
  const match = REF.exec(text.trim())
  const kind = match?.[1] ?? defaults.kind
  const name = match?.[3]
  if (kind === undefined || name === undefined) return undefined
  return { kind, namespace: match?.[2] ?? defaults.namespace ?? 'default', name }
}

/** The full form in lower case, e.g. `component:default/orders`: what the catalog compares and stores. */
export function formatEntityRef(parts: { kind: string; namespace?: string; name: string }): string {
  return `${parts.kind}:${parts.namespace ?? 'default'}/${parts.name}`.toLowerCase()
}

export function entityRefOf(entity: Entity): string {
  return formatEntityRef({ kind: entity.kind, namespace: entity.metadata.namespace ?? 'default', name: entity.metadata.name })
}
