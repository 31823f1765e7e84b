import { createHash } from 'node:crypto'
import type { EntityQuery } from '../entity-query.ts'

/** Longest chain of Locations that list each other. */
const MAX_DEPTH = 20

/** An entity and the Location entities that it comes from, nearest first. */
export async function readAncestry(query: EntityQuery, ref: string): Promise<{ ref: string; json: string; parents: string[] }[]> {
  const items: { ref: string; json: string; parents: string[] }[] = []
  const seen = new Set<string>()
  for (let current: string | undefined = ref; current !== undefined && !seen.has(current) && items.length < MAX_DEPTH;) {
    seen.add(current)
    const found = await query.findText(current)
    if (!found) break
    const parent: string | undefined = await parentOf(query, current)
    items.push({ ref: current, json: found.json, parents: parent === undefined ? [] : [parent] })
    current = parent
  }
  return items
}

/** The Location entity that lists an entity's file: the one that the source named, or the one that stands for the file's location. */
async function parentOf(query: EntityQuery, ref: string): Promise<string | undefined> {
  const place = await query.placeOf(ref)
  if (!place) return undefined
  const candidates = [place.parent, generatedRef(place.location), generatedRef(place.origin)]
  const index = await query.walk()
  return candidates.find((candidate): candidate is string => candidate !== null && candidate !== ref && index.slotOf(candidate) !== undefined)
}

/** Ref of the Location entity that Backstage makes of a location. */
function generatedRef(location: string): string {
  return `location:default/generated-${createHash('sha1').update(location).digest('hex')}`
}
