/** Most characters of one value that a page shows. */
const MOST = 2_000

/** A value of a descriptor as people read it: text as it is, all else as JSON; cut when long. */
export function fieldWords(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, Array.isArray(value) && value.every((each) => typeof each !== 'object') ? 0 : 2)
  return text.length <= MOST ? text : `${text.slice(0, MOST)}… (${text.length} characters)`
}
