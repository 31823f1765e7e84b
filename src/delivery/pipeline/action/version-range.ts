/** Versions as workflows write them: `20`, `20.x`, `v20.11`, `>=20`, `^22.1.0`, `lts/*`, `latest`. */
export function fits(wanted: string, version: string): boolean {
  const have = numbersOf(version)
  return wanted.split('||').some((alternative) => {
    const text = alternative.trim().toLowerCase()
    if (['', '*', 'latest', 'current', 'node', 'lts/*', 'lts/-1', 'x'].includes(text)) return true
    const conditions = text.split(/\s+/).filter(Boolean)
    return conditions.every((condition) => meets(condition, have))
  })
}

function meets(condition: string, have: number[]): boolean {
  const match = /^(>=|<=|>|<|\^|~|=)?\s*v?([\dx*.]+)$/.exec(condition)
  if (!match) return false
  const want = numbersOf(match[2] ?? '')
  const order = compare(have, want)
  switch (match[1]) {
    case '>=':
      return order >= 0
    case '>':
      return order > 0
    case '<=':
      return order <= 0
    case '<':
      return order < 0
    case '^':
      return order >= 0 && have[0] === want[0]
    case '~':
      return order >= 0 && have[0] === want[0] && have[1] === (want[1] ?? have[1])
    default:
      return want.every((part, index) => have[index] === part)
  }
}

function numbersOf(text: string): number[] {
  const numbers: number[] = []
  for (const part of text.split('.')) {
    if (!/^\d+$/.test(part)) break
    numbers.push(Number(part))
  }
  return numbers
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < 3; index++) if ((a[index] ?? 0) !== (b[index] ?? 0)) return (a[index] ?? 0) - (b[index] ?? 0)
  return 0
}
