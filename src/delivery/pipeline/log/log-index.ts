/** The index holds the byte offset of every so-many-th line, so that reading from the middle reads little. */
export const INDEX_EVERY = 128
/** Six bytes, little end first: more than any log. */
export const INDEX_ENTRY_BYTES = 6

/** The file with the offsets of a log's lines. */
export function indexFileOf(logFile: string): string {
  return `${logFile}.idx`
}
