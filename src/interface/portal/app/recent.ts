/** A visited thing, for the top of the palette. */
export interface Place {
  to: string
  title: string
}

const key = 'fairway.recent'

/** The last things that were looked at in this browser, newest first; five at most. */
export function recentPlaces(): Place[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(value) ? (value as Place[]).slice(0, 5) : []
  } catch {
    return []
  }
}

/** Notes a visit. */
export function rememberPlace(place: Place): void {
  const others = recentPlaces().filter((each) => each.to !== place.to)
  try {
    localStorage.setItem(key, JSON.stringify([place, ...others].slice(0, 5)))
  } catch {
    // a full or forbidden storage costs only the convenience
  }
}
