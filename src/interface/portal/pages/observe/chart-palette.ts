/** Lines of releases: the newest in ink, older ones fainter and dashed. Colour stays for state. */
export function releaseStroke(at: number, count: number): { stroke: string; dash: number[]; width: number } {
  const age = count - 1 - at
  if (age === 0) return { stroke: 'var(--fw-text)', dash: [], width: 2 }
  return age === 1 ? { stroke: 'var(--fw-dim)', dash: [6, 4], width: 1.5 } : { stroke: 'var(--fw-line-strong)', dash: [2, 3], width: 1.5 }
}

/** The value of a CSS variable, since a canvas knows none. */
export function resolveColour(colour: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(colour)?.[1]
  return name === undefined ? colour : getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** Requests that no release answered, such as those to a host whose replicas are away, have a line of their own. */
export function seriesName(version: string): string {
  return version === '' ? 'No release' : version
}
