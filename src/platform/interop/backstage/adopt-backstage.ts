import type { Secret } from '#kernel/common/secret'
import type { JsonObject } from '#kernel/common/json'
import type { Egress } from '#kernel/node/egress'
import type { Caller } from '#kernel/node/http'
import { importDocuments, type ImportDeps, type ImportResult } from '../import-service.ts'
import type { Loss } from '../interop.ts'
import { originOf, planAdoption } from './adoption-plan.ts'
import { readBackstage } from './backstage-catalog.ts'
import { documentOf } from './import-backstage.ts'

/** What adopting needs of locations: to try one, and to add it. */
export interface AdoptedLocations {
  /** Reads a target without keeping anything. @returns how many entities it gives, or why none. */
  preview(target: string, caller: Caller): Promise<{ entityCount: number } | { reason: string }>
  add(target: string, caller: Caller): Promise<void>
}

export interface AdoptionRequest {
  url: string
  token: Secret | undefined
  dryRun: boolean
  repository: string
  actor: { ref: string; name: string }
  caller: Caller
}

export interface AdoptionResult extends ImportResult {
  /** How many entities the other catalog has. */
  total: number
  locations: { target: string; count: number; outcome: 'added' | 'copied'; reason: string }[]
}

/** More origins than this are copied instead of tried one by one. */
const MAX_LOCATIONS = 500
const TRIED_AT_ONCE = 8

/**
 * Takes over a running Backstage's catalog. Where its entities come from addresses that can be read from here, those become locations and their files
 * stay the source; everything else is copied as descriptors. Idempotent: again, it brings over what has altered.
 */
export async function adoptBackstage(
  deps: ImportDeps & { fetch: Egress['fetch']; locations: AdoptedLocations },
  request: AdoptionRequest,
): Promise<AdoptionResult> {
  const entities = await readBackstage(deps, request)
  const plan = planAdoption(entities)
  const outcomes: AdoptionResult['locations'] = []
  for (let from = 0; from < plan.locations.length; from += TRIED_AT_ONCE) {
    const batch = plan.locations.slice(from, from + TRIED_AT_ONCE)
    outcomes.push(...(await Promise.all(batch.map(async (location, index) => await tryLocation(deps, request, location, from + index)))))
  }
  const copiedTargets = new Set(outcomes.filter(({ outcome }) => outcome === 'copied').map(({ target }) => target))
  const copied = [...plan.copied, ...entities.filter((entity) => entity.kind !== 'Location' && copiedTargets.has(originOf(entity) ?? ''))]
  const losses: Loss[] = outcomes
    .filter(({ outcome }) => outcome === 'copied')
    .map(({ target, reason }) => ({
      path: target,
      field: '',
      effect: 'approximated',
      reason: `can not be read from here (${reason}); its entities are copied and do not follow the files`,
    }))
  const documents = copied.map((entity) => documentOf({ ...entity, metadata: entity.metadata as unknown as JsonObject }))
  const result = await importDocuments(deps, { documents, losses, problems: [] }, { format: 'backstage', ...request })
  return { ...result, total: entities.length, locations: outcomes }
}

async function tryLocation(
  { locations }: { locations: AdoptedLocations },
  request: AdoptionRequest,
  location: { target: string; count: number },
  index: number,
): Promise<AdoptionResult['locations'][number]> {
  if (index >= MAX_LOCATIONS) return { ...location, outcome: 'copied', reason: `more than ${MAX_LOCATIONS} addresses` }
  const seen = await locations.preview(location.target, request.caller)
  if ('reason' in seen) return { ...location, outcome: 'copied', reason: seen.reason }
  if (seen.entityCount === 0) return { ...location, outcome: 'copied', reason: 'it holds no entity' }
  if (!request.dryRun) await locations.add(location.target, request.caller)
  return { ...location, outcome: 'added', reason: '' }
}
