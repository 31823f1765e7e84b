import { isFault } from '#kernel/common/fault'
import type { Egress } from '#kernel/node/egress'
import type { Found } from './place-reader.ts'

/** Largest file that is read: the catalog takes none that is larger. */
export const MAX_FILE_BYTES = 1024 * 1024
const TIMEOUT_MS = 15_000

/**
 * Reads a file by http, within the egress rules. The version is its ETag or date: while those stay, the other side only says so (RFC 9110, section 13.1).
 * Never throws.
 */
export async function readHttpFile(egress: Pick<Egress, 'fetch'>, url: string, version: string | null, maxBytes = MAX_FILE_BYTES): Promise<Found> {
  try {
    const response = await egress.fetch(url, { headers: { accept: '*/*', ...conditionOf(version) }, timeoutMs: TIMEOUT_MS, maxBytes })
    if (response.status === 304 && version !== null) return { is: 'unchanged' }
    if (response.status === 404 || response.status === 410) {
      await response.body?.cancel()
      return { is: 'absent', message: `there is nothing at ${shown(url)}` }
    }
    if (!response.ok) {
      await response.body?.cancel()
      return { is: 'failed', message: `${shown(url)} answers with status ${response.status}` }
    }
    return { is: 'text', text: await response.text(), version: versionOf(response.headers) }
  } catch (error) {
    if (!isFault(error)) throw error
    return { is: 'failed', message: error.message }
  }
}

function conditionOf(version: string | null): Record<string, string> {
  if (version?.startsWith('etag ') === true) return { 'if-none-match': version.slice('etag '.length) }
  return version?.startsWith('date ') === true ? { 'if-modified-since': version.slice('date '.length) } : {}
}

function versionOf(headers: Headers): string | null {
  const etag = headers.get('etag')
  if (etag !== null && etag.length < 300) return `etag ${etag}`
  const date = headers.get('last-modified')
  return date !== null && date.length < 100 ? `date ${date}` : null
}

/** Without the query: it may hold a token. */
function shown(url: string): string {
  return url.replace(/\?.*$/, '').slice(0, 300)
}
