/**
 * Finds a dotted field in a document; keys that have dots themselves are found, too: `metadata.annotations.backstage.io/orphan`. Letters' case counts.
 * @returns the keys on the way and the value; undefined when there is no such field. Pure.
 */
export function findField(document: unknown, field: string): { keys: (string | number)[]; value: unknown } | undefined {
  if (field === '') return { keys: [], value: document }
  if (Array.isArray(document)) {
    const [first = '', ...rest] = field.split('.')
    if (!/^\d{1,6}$/.test(first) || field.endsWith('.') || Number(first) >= document.length) return undefined
    const found = findField(document[Number(first)], rest.join('.'))
    return found && { keys: [Number(first), ...found.keys], value: found.value }
  }
  if (typeof document !== 'object' || document === null) return undefined
  for (const [key, member] of Object.entries(document)) {
    if (field !== key && !(field.startsWith(`${key}.`) && field.length > key.length + 1)) continue
    const found = findField(member, field === key ? '' : field.slice(key.length + 1))
    if (found) return { keys: [key, ...found.keys], value: found.value }
  }
  return undefined
}

/** Whether altering one of two fields alters the other: they are the same, or one is a part of the other. Pure. */
export function isPartOf(one: string, other: string): boolean {
  return one === other || one === '' || other === '' || one.startsWith(`${other}.`) || other.startsWith(`${one}.`)
}
