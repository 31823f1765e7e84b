import type { Entity } from '#platform/catalog'

/** How a running catalog is taken over. */
export interface AdoptionPlan {
  /** Addresses that entities are read from, each with how many: added here as locations, so that their files stay the source. */
  locations: { target: string; count: number }[]
  /** Entities that nothing else can give: made by a provider, or read from files of the other machine. */
  copied: Entity[]
}

const ORIGIN = 'backstage.io/managed-by-origin-location'

/** Sorts another catalog's entities by where they come from. Its own Location entities are made anew by the locations. Pure. */
export function planAdoption(entities: readonly Entity[]): AdoptionPlan {
  const counts = new Map<string, number>()
  const copied: Entity[] = []
  for (const entity of entities) {
    if (entity.kind === 'Location') continue
    const target = originOf(entity)
    if (target === undefined) copied.push(entity)
    else counts.set(target, (counts.get(target) ?? 0) + 1)
  }
  return { locations: [...counts].map(([target, count]) => ({ target, count })), copied }
}

/** The address that an entity is read from, if it is one of the web. */
export function originOf(entity: Entity): string | undefined {
  return /^url:(https?:\/\/.+)$/.exec(entity.metadata.annotations?.[ORIGIN] ?? '')?.[1]
}
