/** True when a value is what a filter predicate of Backstage asks for (`$all`, `$any`, `$not`, `$in`, `$exists`, `$hasPrefix`, `$contains`, plain values). Texts match whatever their case. */
export function matchesPredicate(predicate: unknown, value: Readonly<Record<string, unknown>>, depth = 0): boolean {
  if (depth > 20 || typeof predicate !== 'object' || predicate === null || Array.isArray(predicate)) return false
  return Object.entries(predicate).every(([key, condition]) => {
    if (key === '$all' || key === '$any') {
      const parts = Array.isArray(condition) ? (condition as unknown[]) : []
      const isMet = (part: unknown): boolean => matchesPredicate(part, value, depth + 1)
      return key === '$all' ? parts.every(isMet) : parts.some(isMet)
    }
    if (key === '$not') return !matchesPredicate(condition, value, depth + 1)
    return matchesValue(condition, value[key])
  })
}

function matchesValue(condition: unknown, value: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return same(condition, value)
  return Object.entries(condition).every(([operator, operand]) => {
    if (operator === '$exists') return (value !== undefined) === operand
    if (operator === '$in') return Array.isArray(operand) && operand.some((item) => same(item, value))
    if (operator === '$hasPrefix') return typeof operand === 'string' && typeof value === 'string' && value.toLowerCase().startsWith(operand.toLowerCase())
    if (operator === '$contains') return Array.isArray(value) && value.some((item) => matchesValue(operand, item))
    return false
  })
}

function same(a: unknown, b: unknown): boolean {
  return typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b
}
