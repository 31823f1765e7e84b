/** Names that somebody may have meant, the likeliest first, three at most. Pure. */
export function similarNames(name: string, known: readonly string[]): string[] {
  const words = new Set(wordsOf(name))
  return known
    .map((candidate) => {
      const shared = wordsOf(candidate).filter((word) => words.has(word)).length
      return { candidate, distance: distanceOf(name.slice(0, 80), candidate) - shared * 4 }
    })
    .filter(({ candidate, distance }) => distance <= Math.max(3, Math.min(name.length, candidate.length) / 4))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

function wordsOf(name: string): string[] {
  return name.split(/[^A-Za-z0-9]+/).filter((word) => word.length > 2)
}

/** Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}
