const order = ['dependsOn', 'consumesApi', 'providesApi', 'dependencyOf', 'partOf', 'hasPart', 'ownedBy', 'ownerOf', 'memberOf', 'hasMember']

/** `Depends on`, from `dependsOn`. */
export function relationWords(type: string): string {
  const words = type.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`).replace(/ api$/, ' API')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Needs first, ownership last, names in order. */
export function sortRelations<T extends { type: string; targetRef: string }>(relations: readonly T[]): T[] {
  const rank = (type: string): number => (order.includes(type) ? order.indexOf(type) : order.length)
  return [...relations].sort((a, b) => rank(a.type) - rank(b.type) || a.targetRef.localeCompare(b.targetRef))
}
