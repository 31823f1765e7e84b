import { egressFaults } from './egress-faults.ts'

/** One request on the way along redirects. */
export interface HopRequest {
  url: URL
  method: string
  headers: Headers
  body: string | Uint8Array | ReadableStream<Uint8Array> | null
}

/** What may follow a redirect to another origin. An allow-list: vendors put tokens into headers of every name. */
const HARMLESS = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'content-language', 'range', 'user-agent'])

/**
 * The next request of a redirect, by the rules of the Fetch standard: 303, and 301/302 of a POST, become a GET without a body; 307 and 308
 * keep both. Another origin gets only harmless headers.
 * @throws `kernel.egress.bad_url` when a streamed body would have to be sent again.
 */
export function redirectedRequest(from: HopRequest, status: number, url: URL): HopRequest {
  const becomesGet = (status === 303 && from.method !== 'HEAD') || ((status === 301 || status === 302) && from.method === 'POST')
  if (!becomesGet && from.body instanceof ReadableStream)
    throw egressFaults.bad_url({ url: url.href, what: 'it is a redirect of a streamed request, which can not be sent twice' })
  const isSameOrigin = url.origin === from.url.origin
  const headers = new Headers([...from.headers].filter(([name]) => isSameOrigin || HARMLESS.has(name)))
  if (!becomesGet) return { url, method: from.method, headers, body: from.body }
  for (const name of ['content-type', 'content-length', 'content-encoding', 'content-language', 'content-location']) headers.delete(name)
  return { url, method: 'GET', headers, body: null }
}
