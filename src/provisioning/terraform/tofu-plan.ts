import type { ActionVerb, FieldChange } from '#kernel/common/driver'
import type { Json, JsonObject } from '#kernel/common/json'

/** What a saved plan would do, without any of its secrets. */
export interface TofuPlan {
  verb: ActionVerb
  isDestructive: boolean
  changes: FieldChange[]
  /** Resources that would be touched. */
  count: number
  /** e.g. `create 2, replace 1`. */
  summary: string
  /** Names of the module's outputs. */
  outputs: string[]
}

interface ResourceChange {
  address: string
  change: { actions: string[]; before: unknown; after: unknown; after_unknown?: unknown; before_sensitive?: unknown; after_sensitive?: unknown }
}

/** More fields than that tell nobody anything. */
const FIELDS_MAX = 200
const TEXT_MAX = 200

/**
 * Reads `show -json` of a saved plan (format_version 1.x). A field is sensitive when any part of its `*_sensitive` mask is true; then neither value is carried.
 * Source: Terraform and OpenTofu, "JSON Output Format"; `actions` holds "delete" exactly when something is lost.
 * @param exists whether there is a state already.
 */
export function readTofuPlan(shown: JsonObject, exists: boolean): TofuPlan {
  const touched = ((shown['resource_changes'] ?? []) as unknown as ResourceChange[]).filter(({ change }) => !isQuiet(change.actions))
  const outputChanges = Object.entries((shown['output_changes'] ?? {}) as unknown as Record<string, ResourceChange['change']>)
  const changedOutputs = outputChanges.filter(([, change]) => !isQuiet(change.actions))
  const kinds = touched.map(({ change }) => kindOf(change.actions))
  const isDestructive = kinds.some((kind) => kind === 'destroy' || kind === 'replace')
  const isUnchanged = touched.length === 0 && changedOutputs.length === 0
  const planned = (shown['planned_values'] as { outputs?: JsonObject } | undefined)?.outputs ?? {}
  return {
    verb: isUnchanged
      ? 'none'
      : !exists
        ? 'create'
        : kinds.length > 0 && kinds.every((kind) => kind === 'destroy')
          ? 'destroy'
          : isDestructive
            ? 'replace'
            : 'alter',
    isDestructive,
    changes: [
      ...touched.flatMap(({ address, change }) => fieldsOf(address, change)),
      ...changedOutputs.map(([name, change]): FieldChange =>
        fieldOf(`output.${name}`, change.before, change.after, change.after_unknown, change.before_sensitive, change.after_sensitive),
      ),
    ].slice(0, FIELDS_MAX),
    count: touched.length,
    summary: summaryOf(kinds) || (isUnchanged ? 'no changes' : 'outputs only'),
    outputs: [...new Set([...Object.keys(planned), ...outputChanges.filter(([, change]) => !change.actions.includes('delete')).map(([name]) => name)])].sort(),
  }
}

function isQuiet(actions: readonly string[]): boolean {
  return actions.every((action) => action === 'no-op' || action === 'read')
}

function kindOf(actions: readonly string[]): 'create' | 'alter' | 'replace' | 'destroy' | 'forget' {
  if (actions.includes('delete')) return actions.includes('create') ? 'replace' : 'destroy'
  if (actions.includes('forget')) return 'forget'
  return actions.includes('create') ? 'create' : 'alter'
}

function summaryOf(kinds: readonly string[]): string {
  const order = ['create', 'alter', 'replace', 'destroy', 'forget']
  return order.flatMap((kind) => (kinds.includes(kind) ? [`${kind} ${kinds.filter((other) => other === kind).length}`] : [])).join(', ')
}

function fieldsOf(address: string, change: ResourceChange['change']): FieldChange[] {
  const keys = new Set([change.before, change.after, change.after_unknown].flatMap((side) => Object.keys(asObject(side))))
  return [...keys].sort().flatMap((key) => {
    const of = (side: unknown): unknown => (side === true ? true : asObject(side)[key])
    const field = fieldOf(
      `${address}.${key}`,
      of(change.before),
      of(change.after),
      of(change.after_unknown),
      of(change.before_sensitive),
      of(change.after_sensitive),
    )
    return isNews(of(change.before), of(change.after), field) ? [field] : []
  })
}

function isNews(before: unknown, after: unknown, field: FieldChange): boolean {
  return field.isUnknown === true || JSON.stringify(before ?? null) !== JSON.stringify(after ?? null)
}

function fieldOf(path: string, before: unknown, after: unknown, unknown: unknown, beforeMask: unknown, afterMask: unknown): FieldChange {
  if (hasTrue(beforeMask) || hasTrue(afterMask)) return { path, isSensitive: true, ...(hasTrue(unknown) ? { isUnknown: true } : {}) }
  return {
    path,
    ...(before === null || before === undefined ? {} : { before: shown(before) }),
    ...(hasTrue(unknown) ? { isUnknown: true } : after === null || after === undefined ? {} : { after: shown(after) }),
  }
}

/** True for `true`, and for anything that holds one. */
function hasTrue(mask: unknown): boolean {
  if (mask === null || typeof mask !== 'object') return mask === true
  return Object.values(mask).some(hasTrue)
}

function shown(value: unknown): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : (value as Json)
}

function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
