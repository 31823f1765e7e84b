const order = [
  'dependsOn',
  'consumesApi',
  'providesApi',
  'dependencyOf',
  'apiProvidedBy',
  'apiConsumedBy',
  'partOf',
  'hasPart',
  'ownedBy',
  'ownerOf',
  'memberOf',
  'hasMember',
]

/** `Depends on`, from `dependsOn`. */
export function relationWords(type: string): string {
  const words = type.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/\bapi\b/, 'API')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Relations of one type, by the target's name. */
export interface RelationGroup<T> {
  type: string
  items: T[]
}

/** What a thing needs first, ownership last, names in order. */
export function groupRelations<T extends { type: string; targetRef: string; title: string }>(relations: readonly T[]): RelationGroup<T>[] {
  const rank = (type: string): number => (order.includes(type) ? order.indexOf(type) : order.length)
  const groups = Map.groupBy(relations, (relation) => relation.type)
  return [...groups]
    .map(([type, items]) => ({ type, items: [...items].sort((a, b) => a.title.localeCompare(b.title) || a.targetRef.localeCompare(b.targetRef)) }))
    .sort((a, b) => rank(a.type) - rank(b.type) || a.type.localeCompare(b.type))
}
